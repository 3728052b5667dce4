/**
 * A stack of the example on a backend of its own, for previews by the real engine. Nothing is deployed: its
 * state is made of what its own first preview says.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { without } from "../../preview/difference";
import { programOf } from "../../runner/engine/operate";
import { type CommandError, run } from "../../runner/run";
import { toolchain } from "../../lab/toolchain";

const REPO = resolve(__dirname, "../..");

export type Values = Record<string, unknown>;

/** A resource as `pulumi preview --json` and a state have it. */
export interface Resource {
  urn: string;
  type: string;
  custom: boolean;
  id?: string;
  provider?: string;
  inputs?: Values;
  outputs?: Values;
  [more: string]: unknown;
}

export interface PreviewJson {
  steps: { op: string; urn: string; newState?: Resource; oldState?: Resource }[];
  diagnostics: { message: string; severity: string }[];
  changeSummary: Record<string, number>;
}

/** The id of a provider that is not made yet, in what a preview says. */
const UNKNOWN_ID = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const ID = "00000000-0000-4000-8000-000000000000";

export class PreviewProject {
  private constructor(
    readonly directory: string,
    private readonly pulumi: string,
    private readonly stack: Stack,
  ) {}

  static async make(): Promise<PreviewProject> {
    const directory = mkdtempSync(join(tmpdir(), "flower-monitoring-preview-"));
    const pulumi = (await toolchain()).pulumi.path;
    // The Automation API has no way to ask for JSON.
    const bin = join(directory, "engine", "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(
      join(bin, "pulumi"),
      `#!/bin/sh\n[ "$1" != preview ] || set -- "$@" --json --save-plan '${directory}/plan.json' --show-secrets\nexec '${pulumi}' "$@"\n`,
    );
    chmodSync(join(bin, "pulumi"), 0o755);
    const project = { name: "flower-monitoring", runtime: "nodejs", main: REPO };
    writeFileSync(join(directory, "Pulumi.yaml"), JSON.stringify(project));
    const [program, { workDir }] = programOf("trial", directory);
    Object.assign(process.env, environment(directory));
    const stack = await LocalWorkspace.createStack(program, {
      ...(workDir === undefined ? {} : { workDir }),
      pulumiCommand: await PulumiCommand.get({ root: dirname(bin) }),
      envVars: { PATH: searchPath(pulumi) },
    });
    return new PreviewProject(directory, pulumi, stack);
  }

  /** These values and secrets, and no others. */
  async configure(values: Values, secrets: Record<string, string>): Promise<void> {
    const before = Object.keys(await this.stack.getAllConfig());
    if (before.length > 0) await this.stack.removeAllConfig(before);
    await this.stack.setAllConfig({
      ...Object.fromEntries(
        Object.entries(values).map(([key, value]) => [
          `flower-monitoring:${key}`,
          { value: typeof value === "string" ? value : JSON.stringify(value) },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(secrets).map(([key, value]) => [
          `flower-monitoring:${key}`,
          { value, secret: true },
        ]),
      ),
    });
  }

  /** What the engine prints, as JSON, also when it fails. */
  async preview(): Promise<PreviewJson> {
    let said = "";
    await this.stack.preview({ onOutput: (text) => (said += text) }).catch(() => undefined);
    return JSON.parse(said) as PreviewJson;
  }

  /** What `npm run preview -- --json` prints. */
  async runnerPreview(): Promise<{ stdout: string; stderr: string }> {
    const words = ["runner/main.ts", "preview", "--stack", "trial", "--json"];
    return run(process.execPath, ["--import", "tsx", ...words, "--cwd", this.directory], {
      cwd: REPO,
      env: { PATH: searchPath(this.pulumi) },
    }).catch((error: CommandError) => error);
  }

  /** Resources as they would be once the last preview, which this was, had been carried out. */
  settled({ steps }: PreviewJson): Resource[] {
    const open = this.secrets();
    const resources = steps.flatMap(({ newState }) =>
      newState === undefined ? [] : [settled(newState, open.get(newState.urn) ?? {})],
    );
    const providers = new Set(resources.flatMap(({ provider }) => provider ?? []));
    const defaults = [...providers].filter((ref) => ref.includes("::default_"));
    return [...defaults.map(defaultProvider), ...resources];
  }

  /** Has the stack deployed, as far as a preview can tell. */
  async deployed(resources: Resource[]): Promise<void> {
    const exported = await this.stack.exportStack();
    const deployment = { ...(exported.deployment as object), resources };
    await this.stack.importStack({ ...exported, deployment });
  }

  /** Secret inputs by resource, which a preview masks and its plan does not. */
  private secrets(): Map<string, Values> {
    interface Plan {
      resourcePlans: Record<string, { goal?: { inputDiff?: { adds?: Values } } }>;
    }
    const file = join(this.directory, "plan.json");
    if (!existsSync(file)) return new Map();
    const { resourcePlans } = JSON.parse(readFileSync(file, "utf8")) as Plan;
    return new Map(
      Object.entries(resourcePlans).map(([urn, { goal }]) => [urn, goal?.inputDiff?.adds ?? {}]),
    );
  }

  async remove(): Promise<void> {
    await this.stack.workspace.removeStack("trial", { force: true });
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function searchPath(pulumi: string): string {
  return [dirname(pulumi), join(REPO, "lab/plugins/bin"), process.env["PATH"]].join(delimiter);
}

function environment(directory: string): NodeJS.ProcessEnv {
  return {
    HOME: directory,
    FLOWER_MONITORING_CACHE: join(directory, "cache"),
    FLOWER_MONITORING_PROJECT_DIR: directory,
    FLOWER_MONITORING_NODE: process.execPath,
    PULUMI_BACKEND_URL: `file://${directory}`,
    PULUMI_HOME: join(directory, "home"),
    PULUMI_CONFIG_PASSPHRASE: "canary-passphrase",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

/** A resource that is to be created, as a state has it once it is. */
function settled(resource: Resource, goal: Values): Resource {
  const inputs = Object.fromEntries(
    Object.entries(resource.inputs ?? {}).map(([key, value]) => [
      key,
      value === "[secret]" ? goal[key] : value,
    ]),
  );
  return {
    ...(without(resource, "sourcePosition", "stackTrace") as Resource),
    ...(resource.custom ? { id: ID, inputs, outputs: outputs(resource, inputs) } : {}),
    ...(resource.provider === undefined
      ? {}
      : { provider: resource.provider.replace(UNKNOWN_ID, ID) }),
  };
}

function outputs({ type }: Resource, { __internal: _, ...inputs }: Values): Values {
  return { ...inputs, ...(type === "command:local:Command" ? { stdout: "ok", stderr: "" } : {}) };
}

function defaultProvider(reference: string): Resource {
  const urn = reference.slice(0, reference.lastIndexOf("::"));
  const type = urn.split("::").at(-2) ?? "";
  const version = (urn.split("::default_").at(-1) ?? "").replaceAll("_", ".");
  return { urn, type, custom: true, id: ID, inputs: { version }, outputs: { version } };
}

/** The committed example, but for what only the lab has. */
export function exampleStack(): Values {
  const file = parse(readFileSync(join(REPO, "Pulumi.dev.yaml"), "utf8")) as { config: Values };
  const entries = Object.entries(file.config).map(([key, value]) => [
    key.replace("flower-monitoring:", ""),
    value,
  ]);
  const values = without(Object.fromEntries(entries) as Values, "artifacts", "images");
  return { ...values, ssh: { knownHostsFile: "./known_hosts" } };
}
