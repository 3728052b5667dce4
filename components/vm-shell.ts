import { local, remote, types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** Where scripts run: on this machine, or on the monitoring VM over SSH with its host key checked. */
export type ShellTarget =
  | { kind: "local"; dockerHost: string }
  | { kind: "ssh"; connection: types.input.remote.ConnectionArgs };

/**
 * Longest a script may run, in seconds. The command provider has no deadline of its own once it is
 * connected (it looks at one only between dial attempts), so the limit travels with the command.
 */
const DEADLINE_SECONDS = 300;

/**
 * Runs a rendered script where the VM's Docker is. The command is a constant and the script goes to
 * standard input: standard input is neither logged nor repeated in an error, the command is both.
 * A changed script runs again; there is no delete, since everything it writes lives in volumes that
 * the stack owns.
 */
export function runScript(
  name: string,
  target: ShellTarget,
  script: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const command = `exec timeout ${DEADLINE_SECONDS} sh -s`;
  if (target.kind === "local") {
    return new local.Command(
      name,
      {
        create: command,
        stdin: pulumi.interpolate`export DOCKER_HOST=${target.dockerHost}\n${script}`,
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      opts,
    );
  }
  return new remote.Command(
    name,
    {
      connection: target.connection,
      create: command,
      stdin: script,
      // With logging on, one line over 64 KiB blocks the provider for ever.
      logging: "none",
      // Stock sshd refuses the environment, with a warning for each host and run.
      addPreviousOutputInEnv: false,
    },
    opts,
  );
}
