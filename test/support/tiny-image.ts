import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../runner/run";

/** An image with a shell and little else, made from this machine's own binaries. */
export const tinyImage = "flower-monitoring-test/tiny:1";

const programs = ["sh", "sleep", "cat", "true"];

/** Makes the image unless it is there. Needs a Docker engine, no registry. */
export async function makeTinyImage(): Promise<void> {
  const present = await run("docker", ["image", "inspect", tinyImage]).then(
    () => true,
    () => false,
  );
  if (present) return;
  const root = await mkdtemp(join(tmpdir(), "flower-monitoring-tiny-"));
  try {
    for (const name of programs) {
      const path = `/bin/${name}`;
      await place(root, path, path);
      const { stdout: libraries } = await run("ldd", [path]);
      for (const [library] of libraries.matchAll(/\/\S+/g)) await place(root, library, library);
    }
    await mkdir(join(root, "data"));
    await mkdir(join(root, "tmp"));
    await run("sh", ["-c", `tar -C '${root}' -c . | docker import - ${tinyImage}`]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function place(root: string, from: string, to: string): Promise<void> {
  await mkdir(dirname(join(root, to)), { recursive: true });
  await copyFile(from, join(root, to));
}
