import { run } from "../../runner/run";
import type { Lab, LabHost } from "../layout";

/** A file that a host gets before it boots. */
export interface HostFile {
  path: string;
  content: string | Buffer;
  /** Octal. @default 0o644 */
  mode?: number;
  /** @default "root" */
  owner?: string;
}

/**
 * What a container needs to act as a host: systemd as its first process and a Docker engine of its
 * own. `--privileged` would ask for CAP_SYS_RESOURCE, which not every machine has.
 */
const HOST_FLAGS = [
  // How systemd is asked to shut down; an imported image cannot say so itself.
  ...["--stop-signal", "SIGRTMIN+3"],
  ...["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE"],
  ...["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
  ...["--cgroupns", "host", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup"],
  ...["--tmpfs", "/run", "--tmpfs", "/run/lock", "--volume", "/var/lib/docker"],
  // Loop devices, where the machine has them: a drill fills a small disk.
  ...["--device-cgroup-rule", "b 7:* rmw", "--device-cgroup-rule", "c 10:237 rmw"],
];

export const LAB_LABEL = "flower-monitoring.lab";

/** Runs a command on a host as root, its words taken literally. */
export async function onHost(host: LabHost, command: string[], input?: string): Promise<string> {
  const args = ["exec", "--interactive", host.container, ...command];
  const { stdout } = await run("docker", args, { input });
  return stdout;
}

/** Runs a POSIX sh script on a host. */
export function scriptOnHost(host: LabHost, script: string): Promise<string> {
  return onHost(host, ["sh", "-eus"], script);
}

/** Image id and state of a container; undefined when there is none. */
export async function inspect(
  container: string,
): Promise<{ image: string; running: boolean } | undefined> {
  const format = "{{.Config.Image}} {{.State.Running}}";
  const result = await run("docker", ["container", "inspect", "--format", format, container]).catch(
    () => undefined,
  );
  if (result === undefined) return undefined;
  const [image = "", running] = result.stdout.trim().split(" ");
  return { image, running: running === "true" };
}

/** Makes sure that the lab's network exists, with the lab's own /24. */
export async function ensureNetwork(lab: Lab): Promise<void> {
  const exists = await run("docker", ["network", "inspect", lab.network]).then(
    () => true,
    () => false,
  );
  if (exists) return;
  await run("docker", [
    ...["network", "create", "--driver", "bridge", "--subnet", `${lab.net}.0/24`],
    ...["--label", `${LAB_LABEL}=${lab.name}`, lab.network],
  ]);
}

/** Creates a host, which is off. */
export async function createHost(lab: Lab, host: LabHost, image: string): Promise<void> {
  await run("docker", [
    ...["create", "--name", host.container, "--hostname", host.name],
    ...["--network", lab.network, "--ip", host.address],
    ...["--label", `${LAB_LABEL}=${lab.name}`, "--restart", "unless-stopped"],
    ...HOST_FLAGS,
    image,
  ]);
}

/** Boots a host, unless it is on, and waits until it has booted. */
export async function powerOn(host: LabHost): Promise<void> {
  await run("docker", ["start", host.container]);
  await waitForBoot(host);
}

/** Takes a host's power away: nothing on it ends in order. What it wrote is on the disk, as after a sync. */
export async function cutPower(host: LabHost): Promise<void> {
  await run("docker", ["kill", host.container]);
}

/** Waits for systemd; units that fail for the container's own reasons do not matter. */
async function waitForBoot(host: LabHost): Promise<void> {
  const command = "timeout 60 systemctl is-system-running --wait 2>&1 || :";
  const deadline = Date.now() + 60_000;
  for (;;) {
    const state = await onHost(host, ["sh", "-c", command]).catch((error: Error) => error.message);
    if (/^(running|degraded)/m.test(state)) return;
    if (Date.now() > deadline) throw new Error(`${host.container} did not boot in 60 s: ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Writes files on a running host. */
export async function writeFiles(host: LabHost, files: HostFile[]): Promise<void> {
  const script = files.map(({ path, content, mode, owner }) => {
    const folder = path.slice(0, path.lastIndexOf("/"));
    const bytes = Buffer.from(content).toString("base64");
    const octal = (mode ?? 0o644).toString(8);
    return (
      `mkdir -p '${folder}'\nbase64 -d > '${path}' <<'END'\n${bytes}\nEND\n` +
      `chmod ${octal} '${path}'\nchown ${owner ?? "root"}: '${path}'\n`
    );
  });
  await scriptOnHost(host, script.join(""));
}
