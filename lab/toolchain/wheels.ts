import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { versions } from "../../components/versions";
import { run } from "../../runner/run";
import { requireCommand } from "./apt";
import { climb, type Way } from "./ladder";
import { machine } from "./machine";
import type { Tool } from "./types";

/** Python of the lab's hosts (Debian 12). */
const PYTHON = "3.11";

/**
 * Wheels for hosts without internet: `prometheus-client/` for the SuperLink's bundle, `flower/` with
 * all that Flower needs for the host image.
 * @param python version of the hosts' python3, which the wheels must fit, whatever this machine runs
 */
export async function wheels(python = PYTHON): Promise<Tool> {
  const version = `${versions.flower}-${versions.prometheusClient}`;
  const { dir, rung } = await climb(
    `tools/wheels-${version}-py${python}-${machine().python}`,
    [pip(python)],
    {
      label: `wheels: flwr ${versions.flower}, prometheus_client ${versions.prometheusClient}`,
      expect: "about 30 s",
    },
  );
  return { path: dir, version, rung };
}

const pip = (forPython: string): Way => ({
  rung: "registry",
  name: "pip download",
  fill: async (dir, say) => {
    const python = await findPip(dir);
    const sets = {
      "prometheus-client": `prometheus_client==${versions.prometheusClient}`,
      flower: `flwr==${versions.flower}`,
    };
    for (const [folder, requirement] of Object.entries(sets)) {
      const target = join(dir, folder);
      await mkdir(target);
      await run(
        python,
        ["-m", "pip", "download", ...forHosts(forPython), "--dest", target, requirement],
        {
          onLine: say,
          timeoutMs: 900_000,
        },
      );
      const files = await readdir(target);
      const strange = files.filter((file) => !file.endsWith(".whl"));
      if (files.length === 0 || strange.length > 0) {
        throw new Error(`pip download ${requirement}: expected wheels, got ${strange.join(", ")}`);
      }
    }
  },
});

/**
 * The tags that pip on Debian 12 (glibc 2.36) and anything newer accepts, newest first; pip does not
 * derive them.
 */
function forHosts(forPython: string): string[] {
  const arch = machine().python;
  const tags = ["2_35", "2_34", "2_31", "2_28", "2_27", "2_26", "2_24", "2_17"].map(
    (glibc) => `manylinux_${glibc}_${arch}`,
  );
  if (arch === "x86_64") tags.push("manylinux_2_12_x86_64", "manylinux_2_5_x86_64");
  tags.push(`manylinux2014_${arch}`);
  if (arch === "x86_64") tags.push("manylinux2010_x86_64", "manylinux1_x86_64");
  return [
    "--only-binary=:all:",
    "--implementation=cp",
    `--python-version=${forPython}`,
    ...tags.flatMap((tag) => ["--platform", tag]),
  ];
}

/** A python3 with pip. Debian's python3 comes without, and refuses installs outside a venv. */
async function findPip(dir: string): Promise<string> {
  const python = await requireCommand("python3", ["python3", "python3-venv"], "to get wheels");
  const hasPip = await run(python, ["-m", "pip", "--version"], { cwd: dir }).then(
    () => true,
    () => false,
  );
  if (!hasPip) await requireCommand("pip3", ["python3-pip"], "to get wheels");
  return python;
}
