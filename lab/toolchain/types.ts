/** Where a tool came from: the machine's PATH, the project's own releases, a package registry. */
export type Rung = "path" | "download" | "registry";

/** One finished tool. */
export interface Tool {
  /** The executable, or the directory for what is a set of files (wheels). */
  path: string;
  version: string;
  rung: Rung;
}

/** A Pulumi resource plugin: the official one, or the lab's stand-in for it. */
export interface Plugin {
  path: string;
  kind: "official" | "stand-in";
  version: string;
}

/** The three plugins that the program needs. */
export const pluginNames = ["docker", "command", "grafana"] as const;
export type PluginName = (typeof pluginNames)[number];

/** Everything that the lab runs with. */
export interface Toolchain {
  pulumi: Tool;
  promtool: Tool;
  amtool: Tool;
  prometheus: Tool;
  alertmanager: Tool;
  nodeExporter: Tool;
  cadvisor: Tool;
  /** Directory that holds `prometheus-client/` and `flower/`, each full of wheels. */
  wheels: Tool;
  /** The docker command, with an engine that answers. */
  docker: Tool;
  plugins: Record<PluginName, Plugin>;
  /** Environment for the Pulumi engine: the caller's, with our PATH and switches. */
  env: NodeJS.ProcessEnv;
}
