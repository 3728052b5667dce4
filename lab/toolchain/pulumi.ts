import { rm } from "node:fs/promises";
import { join } from "node:path";
import { versions } from "../../components/versions";
import { run } from "../../runner/run";
import { download, downloadText, findChecksum } from "./download";
import { findOnPath } from "./find";
import { fromGoModules } from "./go-tool";
import { climb, type Way } from "./ladder";
import { machine } from "./machine";
import type { Tool } from "./types";
import { isCompatible } from "./version";

/** The Pulumi engine: Pulumi 3 from PATH that is not older than ours, else the pinned one. */
export async function pulumi(): Promise<Tool> {
  const version = versions.pulumi;
  const onPath = findOnPath("pulumi");
  if (onPath !== undefined) {
    const { stdout } = await run(onPath, ["version"], { env: { PULUMI_SKIP_UPDATE_CHECK: "1" } });
    if (isCompatible(stdout, version)) {
      return { path: onPath, version: stdout.trim().replace(/^v/, ""), rung: "path" };
    }
  }
  const { dir, rung } = await climb(`tools/pulumi-${version}`, [official(version), fromModule], {
    label: `pulumi ${version}`,
    expect: "download, or about 5 min to compile",
    needMiB: 4096,
  });
  return { path: join(dir, "pulumi"), version, rung };
}

function official(version: string): Way {
  return {
    rung: "download",
    name: "official release",
    fill: async (dir, say) => {
      const base = "https://get.pulumi.com/releases/sdk";
      const name = `pulumi-v${version}-linux-${machine().pulumi}.tar.gz`;
      const sums = await downloadText(`${base}/pulumi-${version}-checksums.txt`);
      const archive = join(dir, name);
      await download(`${base}/${name}`, archive, findChecksum(sums, name), say);
      await run("tar", ["-xzf", archive, "--strip-components=1", "-C", dir]);
      await rm(archive);
    },
  };
}

/** Only the engine: the lab gives it programs through the Automation API, no language host. */
const fromModule = fromGoModules({
  module: "pulumi",
  commands: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
  version: ["github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", `v${versions.pulumi}`],
});
