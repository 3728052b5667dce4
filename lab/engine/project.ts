import { randomBytes } from "node:crypto";
import { cp, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { cacheRoot } from "../cache";
import { imageArchive } from "../images/archive";
import { dcgmExporterImage } from "../images/node-server";
import { labOf, type Lab } from "../layout";
import type { Toolchain } from "../toolchain";

/** The repository, whose index.ts the lab runs. */
export const REPO = join(__dirname, "..", "..");

const PREFIX = "flower-monitoring:";

/** A stack's config as an object, without the `flower-monitoring:` prefix. */
export type StackSettings = Record<string, unknown>;

/** Changes the example stack's config before a run. */
export type Edit = (config: StackSettings) => void;

/** Where a lab keeps its Pulumi project: nothing in the repository changes, not even a salt. */
export interface Project {
  dir: string;
  stateDir: string;
  passphraseFile: string;
  grafanaPasswordFile: string;
}

export function projectOf(lab: Lab): Project {
  return {
    dir: join(lab.dir, "project"),
    stateDir: join(lab.dir, "state"),
    passphraseFile: join(lab.dir, "passphrase"),
    grafanaPasswordFile: join(lab.dir, "grafana-password"),
  };
}

async function secretFile(path: string): Promise<void> {
  const flag = { mode: 0o600, flag: "wx" };
  await writeFile(path, randomBytes(24).toString("base64url"), flag).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
}

/** Files that the example stack names below `artifacts/`; hosts in the lab have no internet. */
async function linkArtifacts(lab: Lab, tools: Toolchain): Promise<void> {
  const folder = join(lab.dir, "artifacts");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await symlink(tools.nodeExporter.path, join(folder, "node_exporter"));
  await symlink(tools.cadvisor.path, join(folder, "cadvisor"));
  await cp(join(tools.wheels.path, "prometheus-client"), join(folder, "wheels"), {
    recursive: true,
  });
  const dcgm = await imageArchive(tools.docker, await dcgmExporterImage(tools.docker));
  await symlink(dcgm, join(folder, "dcgm-exporter.tar"));
}

/**
 * Writes the lab's Pulumi project: the repository's Pulumi.yaml with `main` pointing back to it, and
 * its Pulumi.dev.yaml, under the name of the stack, with this lab's addresses and folders. A salt and
 * secrets that an earlier run left in the stack's file are kept.
 */
export async function writeProject(
  lab: Lab,
  tools: Toolchain,
  { stack: name = lab.stack, edit }: { stack?: string; edit?: Edit | undefined } = {},
): Promise<Project> {
  const project = projectOf(lab);
  await mkdir(project.dir, { recursive: true });
  await mkdir(project.stateDir, { recursive: true });
  await secretFile(project.passphraseFile);
  await secretFile(project.grafanaPasswordFile);
  await linkArtifacts(lab, tools);

  const pulumiYaml = parse(await readFile(join(REPO, "Pulumi.yaml"), "utf8")) as object;
  await writeFile(join(project.dir, "Pulumi.yaml"), stringify({ ...pulumiYaml, main: REPO }));

  const stackFile = join(project.dir, `Pulumi.${name}.yaml`);
  const example = await readFile(join(REPO, `Pulumi.${lab.stack}.yaml`), "utf8");
  const stack = parse(localise(example, lab)) as { config: StackSettings };
  const settings = Object.fromEntries(
    Object.entries(stack.config).map(([key, value]) => [key.replace(PREFIX, ""), value]),
  );
  edit?.(settings);
  const kept = await keptFrom(stackFile);
  const config = {
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [PREFIX + key, value])),
    ...kept.secrets,
  };
  await writeFile(stackFile, stringify({ ...kept.settings, config }, { lineWidth: 0 }));
  return project;
}

/** The example names the lab `dev` in the default cache; another lab, or cache, has other names. */
function localise(example: string, lab: Lab): string {
  return example
    .replaceAll("~/.cache/flower-monitoring/labs/dev", lab.dir)
    .replaceAll("~/.cache/flower-monitoring", cacheRoot())
    .replaceAll(labOf("dev").net, lab.net);
}

async function keptFrom(stackFile: string): Promise<{ settings: object; secrets: object }> {
  const exists = await stat(stackFile).then(
    () => true,
    () => false,
  );
  if (!exists) return { settings: {}, secrets: {} };
  const old = parse(await readFile(stackFile, "utf8")) as {
    encryptionsalt?: string;
    config?: Record<string, unknown>;
  };
  const secrets = Object.entries(old.config ?? {}).filter(
    ([, value]) => typeof value === "object" && value !== null && "secure" in value,
  );
  return {
    settings: old.encryptionsalt === undefined ? {} : { encryptionsalt: old.encryptionsalt },
    secrets: Object.fromEntries(secrets),
  };
}

/** Environment in which the engine, and a plain `pulumi`, work on the lab's stack. */
export function projectEnv(project: Project, tools: Toolchain): NodeJS.ProcessEnv {
  return {
    ...tools.env,
    PULUMI_BACKEND_URL: `file://${project.stateDir}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: project.passphraseFile,
    FLOWER_MONITORING_PROJECT_DIR: project.dir,
    // One unreachable host fails alone; the exit code still says so.
    PULUMI_CONTINUE_ON_ERROR: "true",
    // Nothing is asked and nothing coloured where output is read by programs.
    PULUMI_SKIP_CONFIRMATIONS: "true",
  };
}
