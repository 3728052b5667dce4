import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { once } from "../cache";
import { run } from "../../runner/run";
import { unpackPackage } from "../toolchain/apt";
import { findOnPath } from "../toolchain/find";

/**
 * A static busybox, from Debian's package, else from PATH: the shell and the wget that the
 * official Prometheus images have and that health checks use.
 */
export async function busybox(): Promise<string> {
  const dir = await once("tools/busybox-static", fill, { label: "busybox" });
  return join(dir, "busybox");
}

async function fill(dir: string) {
  try {
    const root = join(dir, "root");
    await mkdir(root);
    await unpackPackage("busybox-static", root);
    await copyFile(join(root, "bin", "busybox"), join(dir, "busybox"));
    await rm(root, { recursive: true });
  } catch (error) {
    const onPath = findOnPath("busybox");
    if (onPath === undefined || !(await isStatic(onPath))) {
      throw new Error(
        "No static busybox for the lab's images: Debian's package busybox-static cannot be " +
          `downloaded (${error instanceof Error ? error.message : String(error)}), and PATH has none.`,
        { cause: error },
      );
    }
    await copyFile(onPath, join(dir, "busybox"));
  }
}

/** ldd fails for a static executable: "not a dynamic executable". */
async function isStatic(path: string): Promise<boolean> {
  return run("ldd", [path]).then(
    ({ stdout }) => stdout.includes("statically linked"),
    () => true,
  );
}
