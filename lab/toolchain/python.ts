import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot, once } from "../cache";
import { run } from "../run";
import { requireCommand } from "./apt";

const REQUIREMENTS = join(__dirname, "..", "..", "python", "requirements-dev.txt");

/**
 * The virtual environment in which python/ is checked and tested, made from its pinned requirements.
 *
 * @returns its interpreter.
 */
export async function pythonTools(): Promise<string> {
  const requirements = await readFile(REQUIREMENTS);
  const python = await requireCommand("python3", ["python3", "python3-venv"], "to test python/");
  const { stdout: version } = await run(python, ["--version"]);
  const key = createHash("sha256").update(requirements).update(version).digest("hex").slice(0, 12);
  const name = `tools/python-venv-${key}`;
  const dir = await once(
    name,
    async (target, say) => {
      await run(python, ["-m", "venv", "--copies", target]);
      const pip = ["-m", "pip", "install", "--disable-pip-version-check"];
      await run(join(target, "bin", "python"), [...pip, "--requirement", REQUIREMENTS], {
        onLine: say,
      });
      await moveScripts(join(target, "bin"), target, join(cacheRoot(), name));
    },
    { label: "Python tools", expect: "about 60 s", needMiB: 1024 },
  );
  return join(dir, "bin", "python");
}

/** Scripts begin with the path of the folder they were installed in, not of the one they end up in. */
async function moveScripts(bin: string, from: string, to: string): Promise<void> {
  for (const entry of await readdir(bin, { withFileTypes: true })) {
    const path = join(bin, entry.name);
    if (!entry.isFile()) continue;
    const bytes = await readFile(path);
    if (!bytes.subarray(0, 2).equals(Buffer.from("#!"))) continue;
    await writeFile(path, bytes.toString("utf8").replaceAll(from, to));
  }
}
