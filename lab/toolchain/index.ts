import { delimiter, dirname } from "node:path";
import { note } from "../../runner/progress";
import { cadvisor } from "./cadvisor";
import { docker } from "./docker";
import { plugins, pluginMode, standInPath } from "./plugins";
import { alertmanagerTools, nodeExporter, prometheusTools } from "./prometheus";
import { pulumi } from "./pulumi";
import type { Plugin, PluginName, Tool, Toolchain } from "./types";
import { wheels } from "./wheels";

export { stopDocker } from "./docker";
export type { Plugin, PluginName, Rung, Tool, Toolchain } from "./types";

let ready: Promise<Toolchain> | undefined;

/**
 * Everything that the lab runs with, made on first use and cached. The ladder for each tool: the
 * machine's PATH, the official download, a package registry.
 * @throws naming the tool and why no rung worked
 */
export function toolchain(): Promise<Toolchain> {
  ready ??= make();
  return ready;
}

async function make(): Promise<Toolchain> {
  const mode = pluginMode(process.env["LAB_PLUGINS"]);
  // The network-bound parts run beside the compiler, the compilers one after another: each of
  // them takes every core by itself.
  const [dockerTool, wheelDir, go] = await all(docker(), wheels(), goTools());
  const used = Object.entries({ ...go, wheels: wheelDir, docker: dockerTool });
  note(used.map(([name, tool]) => `${name} ${tool.version} (${tool.rung})`).join(", "));
  const chosen = await plugins(go.pulumi, mode);
  return {
    ...go,
    docker: dockerTool,
    wheels: wheelDir,
    plugins: chosen,
    env: await engineEnv(go.pulumi, chosen),
  };
}

async function goTools() {
  const engine = await pulumi();
  const exporter = await nodeExporter();
  const containers = await cadvisor();
  const alerting = await alertmanagerTools();
  return {
    pulumi: engine,
    nodeExporter: exporter,
    cadvisor: containers,
    ...alerting,
    ...(await prometheusTools()),
  };
}

async function engineEnv(
  engine: Tool,
  chosen: Record<PluginName, Plugin>,
): Promise<NodeJS.ProcessEnv> {
  const standIns = await standInPath(chosen);
  const path = [standIns, dirname(engine.path), process.env["PATH"]].filter(
    (part) => part !== undefined,
  );
  return {
    ...process.env,
    PATH: path.join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "1",
    // With a stand-in the official one must not be fetched behind our back.
    ...(standIns === undefined ? {} : { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1" }),
  };
}

/** Promise.all that lets the others finish before it fails, so that their work is not torn. */
async function all<T extends unknown[]>(...work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as T;
}
