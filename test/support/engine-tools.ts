import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import {
  LocalWorkspace,
  PulumiCommand,
  type EngineEvent,
  type OpMap,
  type PulumiFn,
  type Stack,
  type UpOptions,
} from "@pulumi/pulumi/automation";
import { toolchain } from "../../lab/toolchain";

const standIns = resolve(__dirname, "../../lab/plugins/bin");

/** The key by which a secret in an exported state is known. */
export const secretKey = "4dabf18193072939515e22adb298388d";

/** Which plugins a test runs against: ours, or official ones in a directory of binaries. */
export interface Plugins {
  kind: "stand-in" | "official";
  path: string;
}

/**
 * The stand-in, and the official plugin too when the directory named by LAB_OFFICIAL_PLUGINS has it.
 * LAB_PLUGINS=official leaves the stand-in out.
 */
export function pluginsUnderTest(name: "docker" | "command" | "grafana"): Plugins[] {
  const directory = process.env["LAB_OFFICIAL_PLUGINS"];
  const found: Plugins[] = [];
  if (process.env["LAB_PLUGINS"] !== "official") found.push({ kind: "stand-in", path: standIns });
  if (directory !== undefined && existsSync(join(directory, `pulumi-resource-${name}`))) {
    found.push({ kind: "official", path: directory });
  }
  return found;
}

/** The engine's binary: PULUMI_BIN, or the lab's own. */
async function engineBinary(): Promise<string> {
  return process.env["PULUMI_BIN"] ?? (await toolchain()).pulumi.path;
}

/** One step of the engine: what it did, to which type, and the properties it names as the reason. */
export interface Step {
  op: string;
  type: string;
  name: string;
  diff: string[];
}

/** What one run of the engine did. `error` is its message when it failed. */
export interface Run {
  steps: Step[];
  changes: OpMap;
  outputs: Record<string, unknown>;
  error?: string;
  messages: string[];
}

/** A throw-away stack whose program can be exchanged between runs. */
export class TestStack {
  /** Whether there may be something to destroy: an empty destroy takes seconds too. */
  private used = false;

  private constructor(
    private readonly stack: Stack,
    private readonly home: string,
    private readonly program: { run: PulumiFn },
  ) {}

  static async make(plugins: Plugins, env: Record<string, string> = {}): Promise<TestStack> {
    const home = await mkdtemp(join(tmpdir(), "flower-monitoring-stack-"));
    const binary = await engineBinary();
    const program: { run: PulumiFn } = { run: () => Promise.resolve() };
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "test", projectName: "conformance", program: () => program.run() },
      {
        workDir: home,
        pulumiCommand: await commandFor(binary, home),
        projectSettings: {
          name: "conformance",
          runtime: "nodejs",
          backend: { url: `file://${home}` },
        },
        envVars: {
          PATH: [plugins.path, dirname(binary), process.env["PATH"]].join(delimiter),
          PULUMI_CONFIG_PASSPHRASE: "test",
          PULUMI_HOME: home,
          PULUMI_SKIP_UPDATE_CHECK: "1",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
          ...env,
        },
      },
    );
    return new TestStack(stack, home, program);
  }

  /** `up` with this program; a failing one gives its error instead of throwing. */
  up(
    program: PulumiFn,
    opts: Pick<UpOptions, "refresh" | "exclude" | "continueOnError"> = {},
  ): Promise<Run> {
    this.program.run = program;
    this.used = true;
    return collect(async (onEvent) => {
      const result = await this.stack.up({ onEvent, ...opts });
      return Object.fromEntries(Object.entries(result.outputs).map(([k, v]) => [k, v.value]));
    });
  }

  preview(program: PulumiFn): Promise<Run> {
    this.program.run = program;
    return collect((onEvent) => this.stack.preview({ onEvent }).then(() => ({})));
  }

  refresh(): Promise<Run> {
    return collect((onEvent) => this.stack.refresh({ onEvent }).then(() => ({})));
  }

  async destroy(): Promise<Run> {
    if (!this.used) return collect(() => Promise.resolve({}));
    const run = await collect((onEvent) => this.stack.destroy({ onEvent }).then(() => ({})));
    this.used = run.error !== undefined;
    return run;
  }

  cancel(): Promise<void> {
    return this.stack.cancel();
  }

  /** What the last run left, also one that failed. */
  async outputs(): Promise<Record<string, unknown>> {
    const outputs = await this.stack.outputs();
    return Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]));
  }

  /** The exported state; a secret is an object with {@link secretKey}. */
  async resources(): Promise<{ type: string; urn: string; [key: string]: unknown }[]> {
    const exported = await this.stack.exportStack();
    const deployment = exported.deployment as {
      resources?: { type: string; urn: string; [key: string]: unknown }[];
    };
    return deployment.resources ?? [];
  }

  /** Empties the state without touching what it stands for. */
  async forget(): Promise<void> {
    const exported = await this.stack.exportStack();
    const deployment = { ...(exported.deployment as object), resources: [] };
    await this.stack.importStack({ ...exported, deployment });
    this.used = false;
  }

  /** Destroys what is there and removes the stack's files. */
  async remove(): Promise<void> {
    await this.destroy();
    await rm(this.home, { recursive: true, force: true });
  }
}

/** The Automation API wants a directory whose bin/ has the engine, wherever the lab keeps it. */
async function commandFor(binary: string, home: string): Promise<PulumiCommand> {
  const root = join(home, "engine");
  await mkdir(join(root, "bin"), { recursive: true });
  await symlink(binary, join(root, "bin", "pulumi"));
  return PulumiCommand.get({ root });
}

async function collect(
  run: (onEvent: (event: EngineEvent) => void) => Promise<Record<string, unknown>>,
): Promise<Run> {
  const result: Run = { steps: [], changes: {}, outputs: {}, messages: [] };
  const onEvent = (event: EngineEvent): void => {
    const step = event.resourcePreEvent?.metadata ?? undefined;
    if (step !== undefined && !step.type.startsWith("pulumi:pulumi:")) {
      const name = step.urn.split("::").slice(3).join("::");
      const diff = Object.keys(step.detailedDiff ?? {}).sort();
      result.steps.push({ op: step.op, type: step.type, name, diff });
    }
    const said = event.diagnosticEvent;
    if (said !== undefined && (said.severity as string) !== "debug")
      result.messages.push(said.message);
    if (event.summaryEvent !== undefined) result.changes = event.summaryEvent.resourceChanges;
  };
  try {
    result.outputs = await run(onEvent);
  } catch (error) {
    result.error = error instanceof Error ? error.message : String(error);
  }
  return result;
}
