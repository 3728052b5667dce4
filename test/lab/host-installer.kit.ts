import { bootstrapScript } from "../../components/host-bundle";
import { bundleFileName } from "../../components/render/host-bootstrap";
import { FLOWER_PYTHON, hostImage } from "../../lab/images/host";
import type { HostSystem } from "../../lab/images/host-systems";
import { CommandError, run } from "../../lab/run";
import { docker } from "../../lab/toolchain/docker";
import { wheels } from "../../lab/toolchain/wheels";
import { removeBundles, type TestBundle } from "./host-bundles.kit";

/** How a command on a host ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** How the bootstrap script is run. */
interface BootstrapOptions {
  /** @default the host's own */
  address?: string;
  env?: Record<string, string>;
  /** Root's file mode mask. @default "022" */
  umask?: string;
}

/** Longest that the host image may take to build, in milliseconds; a cached one takes none. */
export const IMAGE_MILLISECONDS = 900_000;

const started: (() => Promise<unknown>)[] = [];

/** What systemd needs to be the first process of a container. */
const SYSTEMD_FLAGS = [
  ["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE"],
  ["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
  ["--tmpfs", "/run", "--tmpfs", "/run/lock", "-v", "/var/lib/docker"],
].flat();

/** The machine's own cgroups, in which a Docker engine of the host can start containers. */
const MACHINE_CGROUPS = ["--cgroupns", "host", "-v", "/sys/fs/cgroup:/sys/fs/cgroup"];

/**
 * cgroup v2 as real hosts of today have it, whatever the machine has: systemd 258 and later refuse
 * v1. On a machine with v1 it has no controllers, so that no memory limit counts.
 */
const CGROUP2 = "mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec /sbin/init";

const SAYS = `import sys
from logging import INFO
from flwr.supercore.logger import log
hooked = any(type(f).__module__.startswith("flower_monitoring") for f in sys.meta_path)
print("hook" if hooked else "no hook", flush=True)
log(INFO, "hello")`;

/** A real host for the installer, with systemd and Flower, in a container of its own. */
export class TestHost {
  private constructor(
    private readonly docker: string,
    private readonly container: string,
    readonly address: string,
  ) {}

  /** @param system on cgroup v2; without it Debian 12 in the machine's own cgroups */
  static async start(system?: HostSystem): Promise<TestHost> {
    const tool = await docker();
    const flower = await wheels(system?.python);
    const image = await hostImage({ docker: tool, wheels: flower }, system);
    const label = ["--label", "flower-monitoring.test=host-installer"];
    const boot =
      system === undefined
        ? [...MACHINE_CGROUPS, image]
        : ["--cgroupns", "private", image, "sh", "-c", CGROUP2];
    const created = await run(tool.path, ["run", "-d", ...label, ...SYSTEMD_FLAGS, ...boot]);
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
    removeBundles();
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
    { address = this.address, env = {}, umask = "022" }: BootstrapOptions = {},
  ): Promise<Outcome> {
    const script = bootstrapScript({ name: "h1", address }, bundle);
    return this.exec(["sh", "-c", `umask ${umask}; exec sh -s -- ${action}`], script, env);
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

  /** What a new Python of Flower's says, run by nobody: `hook` or `no hook`, and a log line. */
  flowerSays(): Promise<string> {
    return this.sh(`cd / && setpriv --reuid=65534 --regid=65534 --clear-groups \\
      env FLWR_HOME=/tmp FLWR_TELEMETRY_ENABLED=0 ${FLOWER_PYTHON} -B - 2>&1 <<'END'\n${SAYS}\nEND`);
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
