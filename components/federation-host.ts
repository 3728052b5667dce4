import { remote, type types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { FederationHostConfig, HostRole, StackConfig } from "./config/schema";
import { after } from "./after";
import { bootstrapScript, cachedBundle } from "./host-bundle";
import { bundleFileName } from "./render/host-bootstrap";
import { scrapeTargets, type ScrapeTarget } from "./render/scrape-targets";

/** Arguments of {@link FederationHost}. */
export interface FederationHostArgs {
  host: FederationHostConfig;
  /** Federation name, Flower's context variables and the artifacts to carry come from here. */
  config: Pick<StackConfig, "federation" | "context" | "artifacts">;
  /** Private SSH key (OpenSSH or PEM). @default the agent of `$SSH_AUTH_SOCK` */
  privateKey?: pulumi.Input<string>;
}

/**
 * Longest an install or removal may take, in seconds. The command provider has no deadline once it
 * is connected, so the limit travels with the command.
 */
const DEADLINE_SECONDS = 300;

/**
 * One host of the federation with the exporters of its role: the bundle is copied to a name made
 * from its content, then one command installs it. Both are skipped when nothing changed; removing
 * the host from the config uninstalls.
 */
export class FederationHost extends pulumi.ComponentResource {
  readonly name: string;
  readonly role: HostRole;
  readonly address: string;
  /** SHA-256 of the bundle that the host should have. */
  readonly bundleHash: string;
  /** The installer's last line, `ok host=... bundle=... changed=...` and what it did about the hook, or `failed`. */
  readonly status: pulumi.Output<string>;
  readonly targets: ScrapeTarget[];
  readonly copy: remote.CopyToRemote;
  readonly install: remote.Command;

  constructor(name: string, args: FederationHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flower-monitoring:index:FederationHost", name, {}, opts);
    const { host, config } = args;
    const bundle = cachedBundle({
      role: host.role,
      federation: config.federation,
      context: config.context,
      artifacts: config.artifacts,
      ...(host.flower === undefined ? {} : { flower: host.flower }),
      ...(host.gpu === undefined ? {} : { gpu: host.gpu }),
    });
    const connection = connectionTo(host, args.privateKey);

    this.copy = new remote.CopyToRemote(
      `${name}-bundle`,
      {
        connection,
        source: new pulumi.asset.FileAsset(bundle.path),
        remotePath: bundleFileName(bundle.hash),
        // The provider copies again only for other content. A machine that was set up anew or moved
        // has another host key or address, and needs its copy; replacing deletes nothing remote.
        triggers: [host.address, host.port, host.user, host.hostKey],
      },
      { parent: this },
    );
    this.install = new remote.Command(
      `${name}-install`,
      {
        connection,
        create: asRoot("install"),
        update: asRoot("install"),
        // The provider passes the stored stdin to delete as well.
        delete: asRoot("remove"),
        stdin: bootstrapScript(host, bundle, `${name}-bundle`),
        // With logging on, one line over 64 KiB blocks the provider for ever.
        logging: "none",
        // Stock sshd refuses the environment, with a warning for each host and run.
        addPreviousOutputInEnv: false,
      },
      // Created before the old one is deleted, a replacement would remove what it just installed.
      { parent: this, dependsOn: after(this, this.copy), deleteBeforeReplace: true },
    );

    this.name = host.name;
    this.role = host.role;
    this.address = host.address;
    this.bundleHash = bundle.hash;
    // A host that failed is told by the engine; the others' outputs must not fail with it.
    this.status = pulumi.recover(this.install.stdout, () => "failed");
    this.targets = scrapeTargets(host, config);
    this.registerOutputs({
      role: this.role,
      address: this.address,
      bundleHash: this.bundleHash,
      status: this.status,
    });
  }
}

/** Runs the script on standard input as root, or through sudo where it asks for no password. */
function asRoot(action: "install" | "remove"): string {
  const run = `timeout ${DEADLINE_SECONDS} sh -s -- ${action}`;
  return `if [ "$(id -u)" = 0 ]; then exec ${run}; else exec sudo -n ${run}; fi`;
}

function connectionTo(
  host: FederationHostConfig,
  privateKey: pulumi.Input<string> | undefined,
): types.input.remote.ConnectionArgs {
  return {
    host: host.address,
    port: host.port,
    user: host.user,
    // Without it the provider would accept any host.
    hostKey: host.hostKey,
    ...(privateKey === undefined ? {} : { privateKey: pulumi.secret(privateKey) }),
    // A wrong key is retried like a dead host: fail within seconds, not after eleven attempts.
    dialErrorLimit: 2,
    perDialTimeout: 5,
  };
}
