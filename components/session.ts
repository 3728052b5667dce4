/** Commands on hosts by components/session.sh, which the machine that runs Pulumi runs. */
import { homedir } from "node:os";
import { relative } from "node:path";
import type { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { StackSecrets } from "./config";
import type { BastionConfig, SshConfig } from "./config/schema";
import { sessionInput, type SshHop, type SshTarget } from "./render/session";

type Action = "install" | "remove" | "run";

/** A host as the config has it, as far as a session needs it. */
export interface SessionHost extends Omit<SshHop, "privateKeyFile"> {
  name: string;
  bastion?: BastionConfig;
  /** Config key of the secret that sudo asks `user` for. */
  sudoPasswordSecret?: string;
}

/**
 * Arguments of a command that has its session. The text is constant and the same for all hosts: it is
 * logged and repeated in errors, and standard input is neither. The path is relative to the program's
 * directory, where Pulumi starts its plugins, so that no machine's own paths are in the state.
 */
export function session(create: Action, remove?: Action): local.CommandArgs {
  const command = (action: Action): string => `exec sh components/session.sh ${action}`;
  return {
    create: command(create),
    // The provider passes the stored stdin to delete as well.
    ...(remove === undefined ? {} : { delete: command(remove) }),
    // With logging on, one line over 64 KiB blocks the provider for ever.
    logging: "none",
    addPreviousOutputInEnv: false,
  };
}

/** Options of such a command: the host's own deadline (300 s) and patience, and then no more. */
export const sessionOptions = {
  customTimeouts: { create: "15m", update: "15m", delete: "15m" },
} satisfies pulumi.CustomResourceOptions;

/** Its standard input; secret as soon as a secret is in it. `rest` are further keys. */
export function sessionStdin(
  host: SessionHost,
  ssh: SshConfig,
  secrets: StackSecrets["ssh"],
  rest: Record<string, string> = {},
): pulumi.Input<string> {
  const { passphraseSecret } = ssh;
  const { sudoPasswordSecret } = host;
  const target = sessionTarget(host, ssh);
  if (passphraseSecret === undefined && sudoPasswordSecret === undefined) {
    return sessionInput(target, {}, rest);
  }
  const secret = (key: string | undefined): pulumi.Output<string | undefined> =>
    pulumi.output(key === undefined ? undefined : secrets[key]);
  return pulumi.secret(
    pulumi
      .all([secret(passphraseSecret), secret(sudoPasswordSecret)])
      .apply(([passphrase, sudoPassword]) =>
        sessionInput(
          target,
          {
            ...(passphrase === undefined ? {} : { passphrase }),
            ...(sudoPassword === undefined ? {} : { sudoPassword }),
          },
          rest,
        ),
      ),
  );
}

/** How to get to a host. */
export function sessionTarget(
  host: SessionHost,
  ssh: Pick<SshConfig, "privateKeyFile" | "waitSeconds">,
): SshTarget {
  return {
    ...hop(host, ssh),
    name: host.name,
    waitSeconds: ssh.waitSeconds,
    ...(host.bastion === undefined ? {} : { bastion: hop(host.bastion, ssh) }),
  };
}

function hop(
  { address, port, user, hostKey }: SshHop,
  ssh: Pick<SshConfig, "privateKeyFile">,
): SshHop {
  const { privateKeyFile } = ssh;
  return {
    ...{ address, port, user, hostKey },
    ...(privateKeyFile === undefined ? {} : { privateKeyFile: portable(privateKeyFile) }),
  };
}

/** As ssh finds it on another machine too: below the home directory, or the program's. */
function portable(path: string): string {
  const home = relative(homedir(), path);
  const here = relative(process.cwd(), path);
  if (!here.startsWith("..")) return here;
  return home.startsWith("..") ? path : `~/${home}`;
}
