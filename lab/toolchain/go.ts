import { chmod, cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { once } from "../cache";
import { note } from "../../runner/progress";
import { run } from "../../runner/run";
import { requireCommand } from "./apt";
import { download, downloadText } from "./download";
import { findOnPath } from "./find";
import { machine } from "./machine";
import { isCompatible } from "./version";

/** Oldest Go that compiles every module below `go/`. */
const GO_MINIMUM = "1.26.0";
/** The one fetched where the machine has none; go.sum files were made with it. */
const GO_VERSION = "1.26.8";

let found: Promise<string> | undefined;

/** The go command: from PATH, else the official archive, else through the module proxy. */
export function findGo(): Promise<string> {
  found ??= search();
  return found;
}

async function search(): Promise<string> {
  const onPath = findOnPath("go", [], `${process.env["PATH"] ?? ""}:/usr/local/go/bin`);
  if (onPath !== undefined) {
    const { stdout } = await run(onPath, ["env", "GOVERSION"]);
    if (isCompatible(stdout, GO_MINIMUM)) return onPath;
  }
  const dir = await once(`tools/go-${GO_VERSION}`, install, {
    label: `Go ${GO_VERSION}`,
    needMiB: 1024,
  });
  return join(dir, "bin", "go");
}

async function install(dir: string, say: (detail: string) => void) {
  try {
    await officialArchive(dir, say);
    note(`Go ${GO_VERSION}: official archive`);
  } catch (error) {
    await moduleProxy(dir, say);
    note(
      `Go ${GO_VERSION}: Go modules, as ${error instanceof Error ? error.message : "no archive"}`,
    );
  }
}

async function officialArchive(dir: string, say: (detail: string) => void) {
  const url = `https://dl.google.com/go/go${GO_VERSION}.linux-${machine().go}.tar.gz`;
  const archive = join(dir, "go.tar.gz");
  await download(url, archive, (await downloadText(`${url}.sha256`)).trim(), say);
  await run("tar", ["-xzf", archive, "--strip-components=1", "-C", dir]);
  await run("rm", [archive]);
}

/**
 * Go toolchains are modules too, and any Go from Debian can fetch one; the checksum database
 * vouches for it. Debian's own Go is too old to compile these modules, but not for this.
 */
async function moduleProxy(dir: string, say: (detail: string) => void) {
  const go = await requireCommand("go", ["golang-go", "ca-certificates"], "to fetch a newer Go");
  const module = `golang.org/toolchain@v0.0.1-go${GO_VERSION}.linux-${machine().go}`;
  say(`go mod download ${module}`);
  const { stdout } = await run(go, ["mod", "download", "-json", module], {
    cwd: dir,
    env: { GOTOOLCHAIN: "local", GOFLAGS: "" },
  });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  await cp(Dir, dir, { recursive: true });
  // Files of a module are read-only and not executable.
  await run("chmod", ["-R", "u+w", dir]);
  for (const folder of ["bin", join("pkg", "tool", `linux_${machine().go}`)]) {
    for (const file of await readdir(join(dir, folder)))
      await chmod(join(dir, folder, file), 0o755);
  }
}
