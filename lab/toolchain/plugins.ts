import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import packageJson from "../../package.json";
import { once } from "../cache";
import { note, step } from "../../runner/progress";
import { run } from "../../runner/run";
import { isReachable } from "./download";
import { findOnPath } from "./find";
import { pluginNames, type Plugin, type PluginName, type Tool } from "./types";

const modes = ["official", "stand-in", "auto"] as const;
type Mode = (typeof modes)[number];

const STAND_INS = resolve(__dirname, "../plugins/bin");

/** Where each official plugin is served; the SDK's exact version is the plugin's. */
const sources = {
  docker: { version: packageJson.dependencies["@pulumi/docker"], server: "https://get.pulumi.com" },
  command: {
    version: packageJson.dependencies["@pulumi/command"],
    server: "https://get.pulumi.com",
  },
  grafana: {
    version: packageJson.dependencies["@pulumiverse/grafana"],
    server: "https://api.github.com",
    flag: "github://api.github.com/pulumiverse",
  },
} satisfies Record<PluginName, { version: string; server: string; flag?: string }>;

/**
 * Reads LAB_PLUGINS.
 * @throws when it is none of the three
 */
export function pluginMode(value: string | undefined): Mode {
  if (value === undefined || value === "") return "auto";
  const mode = modes.find((known) => known === value);
  if (mode === undefined) {
    throw new Error(
      `LAB_PLUGINS is "${value}". Allowed: ${modes.join(", ")}; auto is the default: official ` +
        "plugins where they can be had, else the lab's stand-ins.",
    );
  }
  return mode;
}

/** The three plugins as LAB_PLUGINS asks for them. */
export async function plugins(pulumi: Tool, mode: Mode): Promise<Record<PluginName, Plugin>> {
  const chosen = {} as Record<PluginName, Plugin>;
  for (const name of pluginNames) chosen[name] = await choose(name, pulumi, mode);
  const list = pluginNames.map((name) => `${name} ${chosen[name].kind}`).join(", ");
  note(`Pulumi plugins: ${list} (LAB_PLUGINS=${mode})`);
  return chosen;
}

/**
 * A directory for the front of PATH that holds the stand-ins in use and nothing else: the engine
 * takes whatever plugin it finds on PATH, whatever its version, before an installed one.
 */
export async function standInPath(chosen: Record<PluginName, Plugin>): Promise<string | undefined> {
  const standIns = pluginNames.filter((name) => chosen[name].kind === "stand-in");
  if (standIns.length === 0) return undefined;
  const scripts = standIns.map((name) => `#!/bin/sh\nexec '${chosen[name].path}' "$@"\n`);
  const key = createHash("sha256").update(scripts.join()).digest("hex").slice(0, 12);
  const write = async (dir: string) => {
    for (const [i, name] of standIns.entries()) {
      await writeFile(join(dir, `pulumi-resource-${name}`), scripts[i] ?? "", { mode: 0o755 });
    }
  };
  return once(`plugins/${key}`, write, { label: `plugin path for ${standIns.join(", ")}` });
}

async function choose(name: PluginName, pulumi: Tool, mode: Mode): Promise<Plugin> {
  if (mode !== "stand-in") {
    const official = await findOfficial(name, pulumi);
    if (typeof official !== "string") return official;
    if (mode === "official") {
      throw new Error(
        `LAB_PLUGINS=official, but the plugin ${name} ${sources[name].version} cannot be had: ` +
          `${official}. Put pulumi-resource-${name} on PATH, or set LAB_PLUGINS=auto.`,
      );
    }
  }
  const path = join(STAND_INS, `pulumi-resource-${name}`);
  if (!existsSync(path)) throw new Error(`${path} is missing: this checkout is not whole.`);
  return { path, kind: "stand-in", version: sources[name].version };
}

/** The official plugin, or the reason why there is none. */
async function findOfficial(name: PluginName, pulumi: Tool): Promise<Plugin | string> {
  const { version, server } = sources[name];
  const executable = `pulumi-resource-${name}`;
  const onPath = findOnPath(executable, [STAND_INS]);
  if (onPath !== undefined) return { path: onPath, kind: "official", version };

  const home = process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const installed = join(home, "plugins", `resource-${name}-v${version}`, executable);
  if (existsSync(installed)) return { path: installed, kind: "official", version };
  if (!(await isReachable(server))) return `not on PATH, and ${server} cannot be reached`;

  const source = sources[name];
  const flag = "flag" in source ? ["--server", source.flag] : [];
  try {
    await step(`pulumi plugin install resource ${name} ${version}`, (say) =>
      run(pulumi.path, ["plugin", "install", "resource", name, version, ...flag], {
        onLine: say,
        timeoutMs: 600_000,
      }),
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return { path: installed, kind: "official", version };
}
