import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrapScript, hostBundle, writeBundle } from "../../components/host-bundle";
import type { HostRole } from "../../components/config/schema";
import { bundleFileName } from "../../components/render/host-bootstrap";
import { deterministicTar, type BundleFile } from "../../components/render/host-tar";
import { sha256 } from "../../components/render/shell";
import { FLOWER_PYTHON, hostImage } from "../../lab/images/host";
import { CommandError, run } from "../../lab/run";
import { docker } from "../../lab/toolchain/docker";
import { nodeExporter } from "../../lab/toolchain/prometheus";
import { wheels } from "../../lab/toolchain/wheels";

/** How a command on a host ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A bundle for tests: its files can be changed before it is packed. */
export interface TestBundle {
  hash: string;
  id: string;
  path: string;
}

/** Longest that the host image may take to build, in milliseconds; a cached one takes none. */
export const IMAGE_MILLISECONDS = 900_000;

const started: (() => Promise<unknown>)[] = [];
const directory = mkdtempSync(join(tmpdir(), "host-installer-"));

/** What systemd needs to be the first process of a container. */
const SYSTEMD_FLAGS = [
  ["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE"],
  ["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
  ["--cgroupns", "host", "-v", "/sys/fs/cgroup:/sys/fs/cgroup"],
  ["--tmpfs", "/run", "--tmpfs", "/run/lock", "-v", "/var/lib/docker"],
].flat();

/** A real host for the installer: Debian with systemd and Flower, in a container of its own. */
export class TestHost {
  private constructor(
    private readonly docker: string,
    private readonly container: string,
    readonly address: string,
  ) {}

  static async start(): Promise<TestHost> {
    const tool = await docker();
    const image = await hostImage({ docker: tool, wheels: await wheels() });
    const label = ["--label", "flower-monitoring.test=host-installer"];
    const created = await run(tool.path, ["run", "-d", ...label, ...SYSTEMD_FLAGS, image]);
    const container = created.stdout.trim();
    started.push(() => run(tool.path, ["rm", "-f", "-v", container]));
    const format = ["-f", "{{.NetworkSettings.IPAddress}}"];
    const { stdout } = await run(tool.path, ["inspect", ...format, container]);
    const host = new TestHost(tool.path, container, stdout.trim());
    await host.sh(
      "for i in $(seq 60); do systemctl -q is-active dbus && exit; sleep 0.5; done; exit 1",
    );
    return host;
  }

  /** Removes every host of this test file, also when starting one went wrong halfway. */
  static async stopAll(): Promise<void> {
    for (const remove of started.splice(0)) await remove();
    rmSync(directory, { recursive: true, force: true });
  }

  /** Runs a script as root; the outcome is returned, not thrown. */
  async try(script: string, env: Record<string, string> = {}): Promise<Outcome> {
    // A session of its own: a test may kill the whole process group.
    return this.exec(["sh", "-s"], script, env);
  }

  /** Runs a script as root. @throws when it fails */
  async sh(script: string): Promise<string> {
    const outcome = await this.try(script);
    if (outcome.code !== 0) throw new Error(`${script}: ${outcome.stderr}`);
    return outcome.stdout.trim();
  }

  /** Copies the bundle to root's home, as CopyToRemote does. */
  async copy(bundle: TestBundle, home = "/root"): Promise<void> {
    const to = `${this.container}:${home}/${bundleFileName(bundle.hash)}`;
    await run(this.docker, ["cp", bundle.path, to]);
  }

  /** Runs the bootstrap script the way the command provider does. */
  bootstrap(
    bundle: TestBundle,
    action: "install" | "remove" = "install",
    { address = this.address, env = {} }: { address?: string; env?: Record<string, string> } = {},
  ): Promise<Outcome> {
    const script = bootstrapScript({ name: "h1", address }, bundle);
    return this.exec(["sh", "-s", "--", action], script, env);
  }

  /** Copies and installs. @throws when it fails */
  async install(bundle: TestBundle): Promise<string> {
    await this.copy(bundle);
    const outcome = await this.bootstrap(bundle);
    if (outcome.code !== 0) throw new Error(outcome.stderr);
    return outcome.stdout.trim();
  }

  metrics(port: number): Promise<string> {
    return this.sh(`curl -fsS http://${this.address}:${port}/metrics`);
  }

  /** Start time and process of each of our units. */
  units(): Promise<string> {
    return this.sh(
      "systemctl show 'flower-monitoring-*' -p Id -p ActiveState -p MainPID -p ActiveEnterTimestampMonotonic",
    );
  }

  mainPid(part: string): Promise<string> {
    return this.sh(`systemctl show -p MainPID --value flower-monitoring-${part}`);
  }

  /**
   * Everything that an installer may leave: names, modes, owners, contents, users, groups, units.
   * Left out are the backups that useradd and userdel make by themselves, and systemd's own state.
   */
  listing(): Promise<string> {
    return this.sh(`
      skip='( -path /var/lib/docker -o -path /var/lib/systemd -o -path /etc/.pwd.lock
        -o -path /etc/passwd- -o -path /etc/group- -o -path /etc/shadow- -o -path /etc/gshadow- )'
      set -f
      find /etc /opt /var/lib /root -xdev $skip -prune -o -path /opt/flower -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
      find /etc /opt /var/lib /root /usr -xdev $skip -prune -o -printf '%p %M %U:%G %l\\n' | sort
      find /usr /opt/flower -xdev -type f -printf '%p %s %T@\\n' | sort
      find /run -name 'flower-monitoring*'
      getent passwd; getent group
      systemctl list-unit-files --no-pager --no-legend
      systemctl list-units --all --no-pager --no-legend 'flower-monitoring*'`);
  }

  /** The same with times, of what is ours: equal only if nothing was even rewritten. */
  footprint(): Promise<string> {
    return this.sh(
      "find /opt/flower-monitoring /var/lib/flower-monitoring /etc -printf '%p %i %s %T@ %C@\\n' | sort",
    );
  }

  private async exec(
    command: string[],
    input: string,
    env: Record<string, string>,
  ): Promise<Outcome> {
    const environment = Object.entries(env).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
    const args = ["exec", "-i", "-w", "/root", ...environment, this.container, "setsid", "-w"];
    try {
      return { code: 0, ...(await run(this.docker, [...args, ...command], { input })) };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { code: error.code ?? -1, stdout: error.stdout, stderr: error.stderr };
    }
  }
}

/** The real bundle of a role, changed by `edit` where a test wants another version of it. */
export async function makeBundle(
  role: HostRole,
  edit: (file: BundleFile) => string | undefined = () => undefined,
): Promise<TestBundle> {
  const bundle = hostBundle({
    role,
    federation: "test",
    artifacts: {
      nodeExporter: (await nodeExporter()).path,
      wheels: join((await wheels()).path, "prometheus-client"),
    },
    ...(role === "superlink"
      ? { flower: { python: FLOWER_PYTHON, controlApi: "127.0.0.1:8000", insecure: true } }
      : {}),
  });
  let parts = "";
  const edited = bundle.files.map((file) => {
    const content = edit(file);
    if (content === undefined) return file;
    const part = /flower-monitoring-(.*)\.service/.exec(file.path)?.[1];
    if (part !== undefined) parts = `${part} ${sha256(content)}`;
    return { ...file, content: Buffer.from(content) };
  });
  // A changed unit changes its part's hash, as it would in a bundle made from a changed template.
  const files = edited.map((file) =>
    file.path === "parts.list" && parts !== "" ? { ...file, content: rehash(file, parts) } : file,
  );
  return pack(files);
}

/** A supernode's bundle that carries no node_exporter but downloads it. */
export async function downloadingBundle(url: string, sum: string): Promise<TestBundle> {
  const nodeExporterPath = (await nodeExporter()).path;
  const { files } = hostBundle({
    role: "supernode",
    federation: "test",
    artifacts: { nodeExporter: nodeExporterPath },
  });
  const fetch = `any ${sum} ${url} release/node_exporter bin/node_exporter\n`;
  return pack([
    ...files.filter(({ path }) => path !== "bin/node_exporter"),
    { path: "fetch", mode: 0o644, content: Buffer.from(fetch) },
  ]);
}

function pack(files: BundleFile[]): TestBundle {
  const tar = deterministicTar(files);
  const written = writeBundle({ files, tar, hash: sha256(tar) }, directory);
  return { ...written, id: written.hash.slice(0, 12) };
}

function rehash({ content }: BundleFile, nameAndHash: string): Buffer {
  const [name = ""] = nameAndHash.split(" ");
  return Buffer.from(content.toString().replace(new RegExp(`${name} \\S+`), nameAndHash));
}

/** An edit for makeBundle: replaces text in one part's unit. */
export function inUnit(part: string, from: string, to: string) {
  return ({ path, content }: BundleFile): string | undefined => {
    if (path !== `units/flower-monitoring-${part}.service`) return undefined;
    const text = content.toString();
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    return text.replace(from, to);
  };
}
