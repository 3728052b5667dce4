/** What the tests of the DCGM exporter need beside a host: its stand-in's image, and the GPU's own parts. */
import { join } from "node:path";
import type { DcgmConfig } from "../../components/config/schema";
import { imageArchive } from "../../lab/images/archive";
import { dcgmExporterImage } from "../../lab/images/node-server";
import { docker } from "../../lab/toolchain/docker";
import { nodeExporter } from "../../lab/toolchain/prometheus";
import { makeBundle, type TestBundle } from "./host-bundles.kit";
import type { TestHost } from "./host-installer.kit";

const HOST_FILES = join(__dirname, "../../lab/dcgm/host");

/** A SuperNode's bundle with the DCGM exporter. */
export async function dcgmBundle(
  changes: Partial<DcgmConfig> = {},
  { carried = true, edit = undefined as Parameters<typeof makeBundle>[1] } = {},
): Promise<TestBundle> {
  const tool = await docker();
  const image = await dcgmExporterImage(tool);
  const dcgm = { image, profiling: false, unit: "flower-supernode.service", ...changes };
  const artifacts = {
    nodeExporter: (await nodeExporter()).path,
    ...(carried ? { dcgmImage: await imageArchive(tool, image) } : {}),
  };
  return makeBundle("supernode", edit, { gpu: { dcgm }, artifacts });
}

/** The stand-ins that make a host look as if it had two GPUs. */
export async function giveDriver(host: TestHost): Promise<void> {
  await host.program(join(HOST_FILES, "nvidia-smi"), "/usr/local/bin/nvidia-smi");
}

/** The engine looks for the toolkit as it starts. */
export async function giveToolkit(host: TestHost): Promise<void> {
  const hook = "nvidia-container-runtime-hook";
  await host.program(join(HOST_FILES, hook), `/usr/local/bin/${hook}`);
  await host.sh("systemctl restart docker");
}

/** The stand-in's image in the host's engine, as an operator pulled it before. */
export async function giveImage(host: TestHost): Promise<void> {
  const tool = await docker();
  const archive = await imageArchive(tool, await dcgmExporterImage(tool));
  await host.program(archive, "/tmp/image.tar");
  await host.sh("docker load --quiet --input /tmp/image.tar && rm /tmp/image.tar");
}

/** A SuperNode that does nothing, as the unit `flower-supernode`. */
export async function giveSuperNode(host: TestHost): Promise<void> {
  await host.sh(`printf '[Service]\\nExecStart=/bin/sleep infinity\\n' \\
      > /etc/systemd/system/flower-supernode.service
    systemctl daemon-reload; systemctl start flower-supernode`);
}
