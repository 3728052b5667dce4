import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { once, type OnceOptions } from "../cache";
import { step } from "../../runner/progress";
import { run } from "../../runner/run";
import type { Tool } from "../toolchain/types";

/** One image: its name, what it is made of, and how. */
export interface ImageSpec {
  ref: string;
  /** From `imageKey`; kept as a label, so that a changed input replaces an image of the same name. */
  key: string;
  /** Dockerfile instructions for `docker import`: USER, ENTRYPOINT, VOLUME and so on. */
  changes: readonly string[];
  /** Writes the root file system to this tar file. */
  writeTar: (tar: string, dir: string, say: (detail: string) => void) => Promise<void>;
  once: OnceOptions;
}

const KEY_LABEL = "flower-monitoring.key";
const TAR = "root.tar";

/** The image's name, once the local Docker engine has it with this content. */
export async function provideImage(docker: Tool, spec: ImageSpec): Promise<string> {
  if ((await presentKey(docker, spec.ref)) === spec.key) return spec.ref;
  const name = spec.ref.replace(/^.*\//, "").replace(/:.*$/, "");
  const dir = await once(
    `images/${name}-${spec.key}`,
    async (tmp, say) => {
      const work = join(tmp, "work");
      await mkdir(work);
      await spec.writeTar(join(tmp, TAR), work, say);
      await rm(work, { recursive: true, force: true });
    },
    spec.once,
  );
  await removeOld(dirname(dir), `${name}-`, basename(dir));
  const changes = [...spec.changes, `LABEL ${KEY_LABEL}=${spec.key}`];
  const before = await inspect(docker, spec.ref, "{{.Id}}");
  await step(`docker import ${spec.ref}`, () =>
    run(docker.path, [
      "import",
      ...changes.flatMap((change) => ["--change", change]),
      join(dir, TAR),
      spec.ref,
    ]),
  );
  // The nameless predecessor only takes disk; while a container runs from it, Docker keeps it.
  if (before !== undefined) {
    await run(docker.path, ["image", "rm", before]).catch(() => undefined);
  }
  return spec.ref;
}

/** Roots of earlier inputs, up to 700 MB each; a day old, so that no other lab is at one. */
async function removeOld(parent: string, prefix: string, current: string) {
  const aDayAgo = Date.now() - 24 * 3600 * 1000;
  for (const entry of await readdir(parent)) {
    if (!entry.startsWith(prefix) || entry === current) continue;
    const path = join(parent, entry);
    const { mtimeMs } = await stat(path);
    if (mtimeMs < aDayAgo) await rm(path, { recursive: true, force: true });
  }
}

function presentKey(docker: Tool, ref: string): Promise<string | undefined> {
  return inspect(docker, ref, `{{index .Config.Labels "${KEY_LABEL}"}}`);
}

/** One field of an image; undefined when the engine does not have it. */
async function inspect(docker: Tool, ref: string, format: string): Promise<string | undefined> {
  return run(docker.path, ["image", "inspect", "--format", format, ref]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}
