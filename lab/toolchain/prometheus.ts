import { rm } from "node:fs/promises";
import { join } from "node:path";
import { versions } from "../../components/versions";
import { run } from "../../runner/run";
import { download, downloadText, findChecksum } from "./download";
import { findOnPath } from "./find";
import { fromGoModules } from "./go-tool";
import { climb, type Cached, type Way } from "./ladder";
import { machine } from "./machine";
import type { Tool } from "./types";
import { isSameMinor } from "./version";

/** Prometheus' projects have one shape: the release archive, its checksums, its version variable. */
interface Project {
  name: "prometheus" | "alertmanager" | "node_exporter";
  version: string;
  commands: readonly string[];
  tags?: readonly string[];
  expect: string;
}

const projects = {
  prometheus: {
    name: "prometheus",
    version: versions.prometheus,
    commands: ["prometheus", "promtool"].map(
      (name) => `github.com/prometheus/prometheus/cmd/${name}`,
    ),
    // Cloud service discovery is two thirds of the compile time, and the lab finds hosts by file.
    tags: ["remove_all_sd", "enable_dns_sd"],
    expect: "download, or about 3 min to compile",
  },
  alertmanager: {
    name: "alertmanager",
    version: versions.alertmanager,
    commands: ["alertmanager", "amtool"].map(
      (name) => `github.com/prometheus/alertmanager/cmd/${name}`,
    ),
    expect: "download, or about 1 min to compile",
  },
  nodeExporter: {
    name: "node_exporter",
    version: versions.nodeExporter,
    commands: ["github.com/prometheus/node_exporter"],
    expect: "download, or about 1 min to compile",
  },
} satisfies Record<string, Project>;

/** prometheus, promtool. The server goes into an image, so only the tool may come from PATH. */
export async function prometheusTools(): Promise<{ prometheus: Tool; promtool: Tool }> {
  const { version } = projects.prometheus;
  const cached = await get(projects.prometheus);
  return {
    prometheus: tool(cached, "prometheus", version),
    promtool: (await fromPath("promtool", version)) ?? tool(cached, "promtool", version),
  };
}

/** alertmanager, amtool; as above. */
export async function alertmanagerTools(): Promise<{ alertmanager: Tool; amtool: Tool }> {
  const { version } = projects.alertmanager;
  const cached = await get(projects.alertmanager);
  return {
    alertmanager: tool(cached, "alertmanager", version),
    amtool: (await fromPath("amtool", version)) ?? tool(cached, "amtool", version),
  };
}

/** node_exporter: never from PATH, as it must be static to run on the lab's hosts. */
export async function nodeExporter(): Promise<Tool> {
  const { version } = projects.nodeExporter;
  return tool(await get(projects.nodeExporter), "node_exporter", version);
}

function get(project: Project): Promise<Cached> {
  const { name, version, commands, tags, expect } = project;
  const variable = "github.com/prometheus/common/version.Version";
  const fromModule = fromGoModules({ module: name, commands, tags, version: [variable, version] });
  return climb(`tools/${name}-${version}`, [official(project), fromModule], {
    label: `${name} ${version}`,
    expect,
    needMiB: name === "prometheus" ? 3072 : 1536,
  });
}

function official({ name, version }: Project): Way {
  return {
    rung: "download",
    name: "official release",
    fill: async (dir, say) => {
      const base = `https://github.com/prometheus/${name}/releases/download/v${version}`;
      const file = `${name}-${version}.linux-${machine().go}.tar.gz`;
      const sums = await downloadText(`${base}/sha256sums.txt`);
      const archive = join(dir, file);
      await download(`${base}/${file}`, archive, findChecksum(sums, file), say);
      await run("tar", ["-xzf", archive, "--strip-components=1", "-C", dir]);
      await rm(archive);
    },
  };
}

/** A checker of the same minor version accepts the same rules and configuration. */
async function fromPath(name: string, version: string): Promise<Tool | undefined> {
  const path = findOnPath(name);
  if (path === undefined) return undefined;
  const { stdout, stderr } = await run(path, ["--version"]);
  const have = /version (\d\S*?)[ ,(]/.exec(stdout + stderr)?.[1];
  if (have === undefined || !isSameMinor(have, version)) return undefined;
  return { path, version: have, rung: "path" };
}

function tool(cached: Cached, name: string, version: string): Tool {
  return { path: join(cached.dir, name), version, rung: cached.rung };
}
