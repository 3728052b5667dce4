import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot, once, type OnceOptions } from "../cache";
import { run } from "../../runner/run";
import { requireCommand } from "./apt";

const PYTHON = join(__dirname, "..", "..", "python");
const REQUIREMENTS = join(PYTHON, "requirements-dev.txt");
const ANSIBLE = join(PYTHON, "..", "bench", "hosts", "ansible", "requirements.txt");
const FLOWER_VERSIONS = join(PYTHON, "requirements-flower.txt");

/**
 * The virtual environment in which python/ is checked and tested, made from its pinned requirements.
 *
 * @returns its interpreter.
 */
export async function pythonTools(): Promise<string> {
  const options = { label: "Python tools", expect: "about 60 s", needMiB: 1024 };
  return join(await virtualenv("python-venv", REQUIREMENTS, options), "bin", "python");
}

/**
 * Ansible as `bench hosts` compares with it, from its pinned requirements.
 *
 * @returns the folder that holds ansible-playbook and ansible-galaxy.
 */
export async function ansible(): Promise<string> {
  const options = { label: "Ansible", expect: "about 30 s" };
  return join(await virtualenv("ansible", ANSIBLE, options), "bin");
}

async function virtualenv(
  prefix: string,
  requirements: string,
  options: OnceOptions,
): Promise<string> {
  const python = await requireCommand(
    "python3",
    ["python3", "python3-venv"],
    `for ${options.label}`,
  );
  const { stdout: version } = await run(python, ["--version"]);
  const hash = createHash("sha256").update(await readFile(requirements));
  const name = `tools/${prefix}-${hash.update(version).digest("hex").slice(0, 12)}`;
  return once(
    name,
    async (target, say) => {
      await run(python, ["-m", "venv", "--copies", target]);
      const pip = ["-m", "pip", "install", "--disable-pip-version-check"];
      await run(join(target, "bin", "python"), [...pip, "--requirement", requirements], {
        onLine: say,
      });
      await moveScripts(join(target, "bin"), target, join(cacheRoot(), name));
    },
    options,
  );
}

/**
 * The other versions of Flower that python/ is tested with, beside the one of `pythonTools`.
 *
 * @returns a directory that holds one directory of packages for each version, by its number.
 */
export async function flowerVersions(): Promise<string> {
  const file = await readFile(FLOWER_VERSIONS, "utf8");
  const versions = [...file.matchAll(/^flwr==(\S+)$/gm)].map((match) => match[1] ?? "");
  const python = await pythonTools();
  return once(
    `tools/flower-${versions.join("-")}`,
    async (target, say) => {
      for (const version of versions) {
        const into = ["--no-deps", "--target", join(target, version)];
        const pip = ["-m", "pip", "install", "--disable-pip-version-check", ...into];
        await run(python, [...pip, `flwr==${version}`], { onLine: say });
      }
    },
    { label: `Flower ${versions.join(" and ")}`, expect: "about 5 s" },
  );
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
