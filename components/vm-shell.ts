import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { session, sessionOptions } from "./session";

/** Where scripts run: on this machine, or on the monitoring VM over SSH with its host key checked. */
export type ShellTarget =
  | { kind: "local"; dockerHost: string }
  | { kind: "ssh"; /** What the session says first. */ stdin: pulumi.Input<string> };

/** Longest a script may run on this machine, in seconds; a session has its own deadline. */
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
  const args =
    target.kind === "ssh"
      ? { ...session("run"), stdin: pulumi.interpolate`${target.stdin}${script}` }
      : {
          ...session("run"),
          create: `exec timeout ${DEADLINE_SECONDS} sh -s`,
          stdin: pulumi.interpolate`export DOCKER_HOST=${target.dockerHost}\n${script}`,
        };
  return new local.Command(name, args, { ...opts, ...sessionOptions });
}
