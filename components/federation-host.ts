import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { StackSecrets } from "./config";
import type { FederationHostConfig, FleetConfig, HostRole } from "./config/schema";
import { bundleSpec, cachedBundle } from "./host-bundle";
import { signalsOf, type Signal } from "./render/host-exporters";
import { bundleKeys } from "./render/session";
import { scrapeTargets, type ScrapeTarget } from "./render/scrape-targets";
import { session, sessionOptions, sessionStdin } from "./session";

/** Arguments of {@link FederationHost}. */
export interface FederationHostArgs {
  host: FederationHostConfig;
  /** Federation name, Flower's context variables, how to connect, the artifacts to carry. */
  config: Pick<FleetConfig, "federation" | "context" | "artifacts" | "ssh" | "repair">;
  /** Passphrase and sudo password, where the stack has them. */
  secrets: Pick<StackSecrets, "ssh">;
}

/**
 * A host that is gone for good: nothing is asked of it, and as this command has no `delete`, nothing is
 * when its entry goes either.
 */
const LOST: local.CommandArgs = {
  create: "echo lost",
  logging: "none",
  addPreviousOutputInEnv: false,
};

/**
 * One host of the federation with the exporters of its role. One command installs them over one SSH
 * connection, and is skipped when nothing changed; removing the host from the config uninstalls.
 */
export class FederationHost extends pulumi.ComponentResource {
  readonly name: string;
  readonly role: HostRole;
  readonly address: string;
  /** SHA-256 of the bundle that the host should have. */
  readonly bundleHash: string;
  /** The installer's last line, `ok host=... bundle=... changed=...` and what it did about the hook, `failed`, or `left out`. */
  readonly status: pulumi.Output<string>;
  /** None for a host that is lost. */
  readonly targets: ScrapeTarget[];
  /** None for a host that is lost. */
  readonly signals: Signal[];
  readonly install: local.Command;

  constructor(name: string, args: FederationHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flower-monitoring:index:FederationHost", name, {}, opts);
    const { host, config, secrets } = args;
    const bundle = cachedBundle(bundleSpec(host, config));
    const keys = {
      ...bundleKeys(bundle),
      ...(config.repair === undefined ? {} : { repair: config.repair }),
    };
    this.install = new local.Command(
      `${name}-install`,
      host.lost
        ? LOST
        : {
            ...session("install", "remove"),
            stdin: sessionStdin(host, config.ssh, secrets.ssh, keys),
          },
      // Created before the old one is deleted, a replacement would remove what it just installed.
      { ...sessionOptions, parent: this, deleteBeforeReplace: true },
    );

    this.name = host.name;
    this.role = host.role;
    this.address = host.address;
    this.bundleHash = bundle.hash;
    this.status = installStatus(this.install.stdout);
    this.targets = host.lost ? [] : scrapeTargets(host, config);
    this.signals = signalsOf(host, config.context);
    // What it would say is in the stack's outputs; here it would be in the state once more.
    this.registerOutputs({});
  }
}

/** What a host's installer said last. */
export function installStatus(stdout: pulumi.Output<string>): pulumi.Output<string> {
  // Without a type in the SDK; a test of the runner fails when it moves.
  const { isKnown } = stdout as unknown as { isKnown: Promise<boolean> };
  // Unknown after an `up` is a host that this left out before it was ever installed, and the engine would
  // write a placeholder for it into the stack's outputs.
  const known = pulumi.runtime.isDryRun()
    ? stdout
    : pulumi.output(isKnown.then((is) => (is ? stdout : "left out")));
  // A host that failed is told by the engine; the others' outputs must not fail with it.
  return pulumi.recover(known, () => "failed");
}
