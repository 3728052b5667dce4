import { step } from "../../runner/progress";
import type { Toolchain } from "../toolchain/types";
import { hostImage } from "./host";
import { grafanaImage, receiverImage } from "./node-server";
import { alertmanagerImage, prometheusImage } from "./prometheus";

export { FLOWER_PYTHON } from "./host";
export { loadInto } from "./load";

/** Names of the lab's images, all in the local Docker engine. */
export interface LabImages {
  host: string;
  prometheus: string;
  alertmanager: string;
  grafana: string;
  receiver: string;
}

/** Makes whatever image is missing or made from other inputs; the rest takes milliseconds. */
export function images(tools: Toolchain): Promise<LabImages> {
  return step("images", async () => {
    // The host image waits for the network, the others copy files: side by side they overlap.
    const [host, small] = await Promise.all([hostImage(tools), smallImages(tools)]);
    return { host, ...small };
  });
}

async function smallImages(tools: Toolchain): Promise<Omit<LabImages, "host">> {
  return {
    prometheus: await prometheusImage(tools),
    alertmanager: await alertmanagerImage(tools),
    grafana: await grafanaImage(tools.docker),
    receiver: await receiverImage(tools.docker),
  };
}
