import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { once } from "../cache";
import { run } from "../run";
import { requireCommand } from "./apt";

const REQUIREMENTS = join(__dirname, "..", "..", "python", "requirements-dev.txt");

/**
 * The virtual environment in which python/ is checked and tested, made from its pinned requirements.
 *
 * @returns its interpreter. Tools run as `python -m tool`: a script's first line names the folder in
 * which the environment was built, before it was published under its final name.
 */
export async function pythonTools(): Promise<string> {
  const requirements = await readFile(REQUIREMENTS);
  const python = await requireCommand("python3", ["python3", "python3-venv"], "to test python/");
  const { stdout: version } = await run(python, ["--version"]);
  const key = createHash("sha256").update(requirements).update(version).digest("hex").slice(0, 12);
  const dir = await once(
    `tools/python-${key}`,
    async (target, say) => {
      await run(python, ["-m", "venv", "--copies", target]);
      const pip = ["-m", "pip", "install", "--disable-pip-version-check"];
      await run(join(target, "bin", "python"), [...pip, "--requirement", REQUIREMENTS], {
        onLine: say,
      });
    },
    { label: "Python tools", expect: "about 60 s", needMiB: 1024 },
  );
  return join(dir, "bin", "python");
}
