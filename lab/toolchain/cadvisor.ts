import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { releases } from "../../components/host-artifacts";
import { versions } from "../../components/versions";
import { imageKey } from "../images/key";
import { download } from "./download";
import { fromGoModules } from "./go-tool";
import { climb, type Way } from "./ladder";
import { machine } from "./machine";
import type { Tool } from "./types";

const SOURCES = ["main.go", "oom.go", "go.mod"].map((name) =>
  join(__dirname, "go", "cadvisor", name),
);

/** cadvisor: never from PATH, as it must be static to run on the lab's hosts. */
export async function cadvisor(): Promise<Tool> {
  const version = versions.cadvisor;
  // The program around upstream's library is ours, and may change while the version does not.
  const key = `tools/cadvisor-${version}-${imageKey([], SOURCES)}`;
  const fromModule = fromGoModules({
    module: "cadvisor",
    commands: ["."],
    version: ["github.com/google/cadvisor/lib/version.Version", `v${version}`],
  });
  const { dir, rung } = await climb(key, [official, fromModule], {
    label: `cadvisor ${version}`,
    expect: "download, or about 1 min to compile",
    needMiB: 1024,
  });
  return { path: join(dir, "cadvisor"), version, rung };
}

const official: Way = {
  rung: "download",
  name: "official release",
  fill: async (dir, say) => {
    const release = releases.cadvisor().find(({ arch }) => arch === machine().go);
    if (release?.url === undefined) throw new Error(`no SHA-256 is known for ${machine().go}`);
    const file = join(dir, "cadvisor");
    await download(release.url, file, release.sha256, say);
    await chmod(file, 0o755);
  },
};
