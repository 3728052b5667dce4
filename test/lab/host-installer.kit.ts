import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { bundleKeys, sessionInput } from "../../components/render/session";
import { FLOWER_PYTHON, hostImage } from "../../lab/images/host";
import type { HostSystem } from "../../lab/images/host-systems";
import { CommandError, run } from "../../runner/run";
import { docker } from "../../lab/toolchain/docker";
import { wheels } from "../../lab/toolchain/wheels";
import { directory, removeBundles, type TestBundle } from "./host-bundles.kit";

/** How a command on a host ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** How a session is run. */
interface SessionOptions {
  /** What the stack calls the host. @default "h1" */
  name?: string;
  /** @default the host's own */
  address?: string;
  /** Environment on the host. */
  env?: Record<string, string>;
  /** File mode mask of who logs in. @default "022" */
  umask?: string;
  /** Who logs in. @default "root" */
  user?: string;
  sudoPassword?: string;
  /** Seconds that the host gives a command, in place of session.sh's own. */
  deadline?: number;
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

const SESSION = resolve(__dirname, "../../components/session.sh");

/**
 * Takes the place of ssh: the command runs on the host through Docker, and nothing else differs. What
 * SSH itself does is tested with a real sshd, in session.test.ts and in the engine tests.
 */
const SSH = `#!/bin/sh
for last in "$@"; do :; done
case "$*" in *"-O exit"*) exit 0 ;; esac
[ -z "$TEST_DEADLINE" ] || last=$(printf %s "$last" | sed "s/timeout 300/timeout $TEST_DEADLINE/")
exec docker exec -i -u "$TEST_USER" -w / $TEST_ENV "$TEST_CONTAINER" setsid -w sh -c "umask $TEST_UMASK
$last"
`;

function sshOnPath(): string {
  const bin = join(directory, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "ssh"), SSH);
  chmodSync(join(bin, "ssh"), 0o755);
  return [bin, process.env["PATH"]].join(delimiter);
}

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

  /** Copies a file of this machine to the host. */
  async put(from: string, to: string): Promise<void> {
    await run(this.docker, ["cp", from, `${this.container}:${to}`]);
  }

  /** Runs a session the way the command provider does: session.sh, with ssh replaced by Docker. */
  async session(
    bundle: TestBundle,
    action: "install" | "remove" = "install",
    options: SessionOptions = {},
  ): Promise<Outcome> {
    const { name = "h1", address = this.address, env = {}, umask = "022" } = options;
    const { user = "root", sudoPassword, deadline } = options;
    const target = { name, address, port: 22, user, hostKey: "none", waitSeconds: 0 };
    const secrets = sudoPassword === undefined ? {} : { sudoPassword };
    const onHost = Object.entries(env).map(([key, value]) => `-e ${key}=${value}`);
    return outcomeOf(
      run("sh", [SESSION, action], {
        input: sessionInput(target, secrets, bundleKeys(bundle)),
        env: {
          PATH: sshOnPath(),
          FLOWER_MONITORING_CACHE: directory,
          TEST_CONTAINER: this.container,
          TEST_ENV: onHost.join(" "),
          TEST_UMASK: umask,
          TEST_USER: user,
          TEST_DEADLINE: deadline === undefined ? "" : String(deadline),
        },
      }),
    );
  }

  /** @throws when it fails */
  async install(bundle: TestBundle): Promise<string> {
    const outcome = await this.session(bundle);
    if (outcome.code !== 0) throw new Error(outcome.stderr);
    return outcome.stdout.trim();
  }

  metrics(port: number): Promise<string> {
    return this.sh(`curl -fsS http://${this.address}:${port}/metrics`);
  }

  /** A file of this machine as a program on the host. */
  async program(from: string, to: string): Promise<void> {
    await run(this.docker, ["cp", from, `${this.container}:${to}`]);
    await this.sh(`chown root: ${to} && chmod 755 ${to}`);
  }

  /** Start time and process of each of our units, but for what the timer starts. */
  units(): Promise<string> {
    return this.sh(
      `for unit in $(ls /etc/systemd/system | grep flower-monitoring- | grep -v facts.service); do
        systemctl show "$unit" -p Id -p ActiveState -p MainPID -p ActiveEnterTimestampMonotonic
      done`,
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
      skip='( -path /var/lib/docker -o -path /var/lib/containerd -o -path /var/lib/systemd -o -path /etc/.pwd.lock
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

  /**
   * The same with times, of what is ours: equal only if nothing was even rewritten. Left out is what
   * the timer writes every 30 s.
   */
  footprint(): Promise<string> {
    return this.sh(
      `find /opt/flower-monitoring /var/lib/flower-monitoring /etc -path /var/lib/flower-monitoring/facts -prune -o \
        ! -name textfile ! -name 'facts.prom*' -printf '%p %i %s %T@ %C@\\n' | sort`,
    );
  }

  private async exec(
    command: string[],
    input: string,
    env: Record<string, string>,
  ): Promise<Outcome> {
    const environment = Object.entries(env).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
    const args = ["exec", "-i", "-w", "/root", ...environment, this.container, "setsid", "-w"];
    return outcomeOf(run(this.docker, [...args, ...command], { input }));
  }
}

async function outcomeOf(running: Promise<{ stdout: string; stderr: string }>): Promise<Outcome> {
  try {
    return { code: 0, ...(await running) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { code: error.code ?? -1, stdout: error.stdout, stderr: error.stderr };
  }
}
