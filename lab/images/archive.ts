import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot, once } from "../cache";
import { run } from "../../runner/run";
import type { Tool } from "../toolchain/types";

/** Path of what `docker save` writes of an image of the local engine; saved once for each content. */
export async function imageArchive(docker: Tool, ref: string): Promise<string> {
  const { stdout } = await run(docker.path, ["image", "inspect", "--format", "{{.Id}}", ref]);
  const id = stdout.trim().replace("sha256:", "").slice(0, 12);
  const name = ref.replace(/^.*\//, "").replace(/:.*$/, "");
  const file = `${name}.tar`;
  const dir = await once(
    `archives/${name}-${id}`,
    async (tmp) => {
      await run(docker.path, ["save", "--output", join(tmp, file), ref]);
    },
    { label: `docker save ${ref}`, needMiB: 1024 },
  );
  await removeOthers(join(cacheRoot(), "archives"), `${name}-`, `${name}-${id}`);
  return join(dir, file);
}

async function removeOthers(parent: string, prefix: string, current: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    if (entry.startsWith(prefix) && entry !== current) {
      await rm(join(parent, entry), { recursive: true, force: true });
    }
  }
}
