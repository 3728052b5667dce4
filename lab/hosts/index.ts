import { rm } from "node:fs/promises";
import { hostsWith, type Lab } from "../layout";
import type { LabImages } from "../images";
import { loadInto } from "../images/load";
import { note, step } from "../../runner/progress";
import { run } from "../../runner/run";
import { createHost, ensureNetwork, inspect, LAB_LABEL, powerOn } from "./container";
import { startFederation } from "./federation";
import { makeKeys, type LabKeys } from "./keys";
import { provision } from "./provision";

export { hostOf } from "../layout";
export { cutPower, powerOn, scriptOnHost } from "./container";
export { startRun, stopRun, stopTraining } from "./federation";

/** Hosts up, Flower training, receiver listening, service images in the monitor's engine. */
export async function startHosts(lab: Lab, images: LabImages): Promise<LabKeys> {
  await removeOutdated(lab, images);
  const keys = await step("keys, host keys, certificates", () => makeKeys(lab));
  await ensureNetwork(lab);
  await step(`hosts ${lab.hosts.map(({ name }) => name).join(", ")}`, async () => {
    await Promise.all(lab.hosts.map((host) => startHost(lab, host, images, keys)));
    await startReceiver(lab, images);
  });
  await step("images into the monitor's engine", async (say) => {
    const services = [images.prometheus, images.alertmanager, images.grafana];
    for (const monitor of hostsWith(lab, "monitor")) {
      await loadInto(monitor.container, services, say);
    }
  });
  await step("Flower federation", (say) => startFederation(lab, say));
  return keys;
}

async function startHost(
  lab: Lab,
  host: Lab["hosts"][number],
  images: LabImages,
  keys: LabKeys,
): Promise<void> {
  if ((await inspect(host.container)) === undefined) await createHost(lab, host, images.host);
  await powerOn(host);
  await provision(lab, host, keys);
}

/** A lab made from other images is another lab: keeping some of its hosts would mix the two. */
async function removeOutdated(lab: Lab, images: LabImages): Promise<void> {
  const states = await Promise.all(lab.hosts.map(({ container }) => inspect(container)));
  if (states.some((state) => state !== undefined && state.image !== images.host)) {
    note(`lab ${lab.name} was made from another host image: it is made anew`);
    await removeHosts(lab);
  }
}

async function startReceiver(lab: Lab, images: LabImages): Promise<void> {
  const { container, address } = lab.receiver;
  const state = await inspect(container);
  if (state?.image === images.receiver && state.running) return;
  await run("docker", ["rm", "--force", container]).catch(() => undefined);
  await run("docker", [
    ...["run", "--detach", "--name", container, "--network", lab.network, "--ip", address],
    ...["--label", `${LAB_LABEL}=${lab.name}`, "--read-only", "--cap-drop", "ALL"],
    ...["--restart", "unless-stopped", images.receiver],
  ]);
}

/** Removes the lab's containers with their volumes, its network, and its files. */
export async function removeHosts(lab: Lab): Promise<void> {
  const label = `label=${LAB_LABEL}=${lab.name}`;
  const { stdout } = await run("docker", ["ps", "--all", "--quiet", "--filter", label]);
  const containers = stdout.split("\n").filter((id) => id !== "");
  if (containers.length > 0) await run("docker", ["rm", "--force", "--volumes", ...containers]);
  await run("docker", ["network", "rm", lab.network]).catch(() => undefined);
  await rm(lab.dir, { recursive: true, force: true });
}
