/** The commands up, preview, refresh and destroy: the engine's own, with a look at all hosts before an up. */
import { createInterface } from "node:readline/promises";
import { note, step } from "../progress";
import type { Options } from "../args";
import { preflight } from "../doctor/examine";
import { openStack, operate } from "../engine/operate";
import type { Operation, Outcome } from "../engine/outcome";
import { recover } from "../engine/recover";
import { EXIT, type ExitCode, UsageError } from "../errors";
import { explained, fleetOf, type StackView, viewStack } from "../stack";
import { type Plan, planOf, urnPattern } from "./plan";
import { operationReport, operationText } from "./report";

const NOTHING: Plan = { stops: [], leftOut: [], told: [] };

export async function operation(command: Operation, options: Options): Promise<ExitCode> {
  const { stack, projectDir, json } = options;
  // The program finds its files by it, wherever the command was started.
  process.env["FLOWER_MONITORING_PROJECT_DIR"] = projectDir;
  const view = await viewStack(options, false);
  if (command === "destroy") await confirm(options);
  const looks = command === "up" && options.preflight;
  const plan = looks ? await planned(view, options) : NOTHING;
  for (const { name, faults } of plan.leftOut) {
    note(`${name} is left out: ${faults.map(({ check, seen }) => `${check}: ${seen}`).join("; ")}`);
  }
  const outcome = plan.stops.length > 0 ? stopped(plan) : await run(command, view, plan, options);
  const hosts = fleetOf(view.config)?.hosts ?? [];
  const report = operationReport({ operation: command, stack, hosts, plan, outcome });
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : operationText(report));
  return report.ok ? EXIT.ok : EXIT.fault;
}

async function planned(view: StackView, { parallel }: Options): Promise<Plan> {
  const reports = await step("looking at all hosts", (say) =>
    preflight(view, { parallel, onDone: ({ name }) => say(`${name} done`) }),
  );
  return planOf(reports);
}

/** Without the monitoring VM there is nothing to stand on. */
function stopped({ stops }: Plan): Outcome {
  const error = stops
    .map(
      ({ check, seen, next }) =>
        `monitoring  ${check}: ${seen}${next === undefined ? "" : `\n  do: ${next}`}`,
    )
    .join("\n");
  const nothing = { steps: [], failures: {}, diagnostics: [], outputs: {}, seconds: 0 };
  return { ok: false, ...nothing, error: `Nothing was begun.\n${error}` };
}

async function run(
  command: Operation,
  { secrets }: StackView,
  plan: Plan,
  options: Options,
): Promise<Outcome> {
  const { stack: name, projectDir, json, parallel } = options;
  const stack = await openStack(name, projectDir).catch((error: unknown) => {
    throw explained(error, { stack: name, projectDir });
  });
  // A terminal sends Ctrl-C to the engine too, which then ends the steps it is in.
  process.on("SIGINT", () =>
    note("ending the steps that are under way; Ctrl-C again stops at once"),
  );
  if (command !== "preview") await recover(stack, secrets["grafanaAdminPassword"]);
  return step(`pulumi ${command} of the stack ${name}`, (say) =>
    operate(stack, command, {
      parallel,
      exclude: plan.leftOut.map(({ name: host }) => urnPattern(host)),
      onStep: ({ op, name: resource }) => say(`${op} ${resource}`),
      // A preview is for reading; of the others the summary has all that matters.
      ...(command === "preview" && !json
        ? { onOutput: (text) => void process.stdout.write(text) }
        : {}),
    }),
  );
}

/** @throws UsageError unless somebody said that they mean it */
async function confirm({ stack, yes }: Options): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) {
    throw new UsageError(
      `--yes: got nothing; allowed: --yes, or the stack's name typed in a terminal; do: npm run destroy -- --stack ${stack} --yes`,
    );
  }
  const line = createInterface({ input: process.stdin, output: process.stderr });
  const said = await line.question(
    `This removes everything that the stack ${stack} has put on the VM and the hosts. Type its name: `,
  );
  line.close();
  if (said.trim() !== stack) {
    throw new UsageError(
      `the stack's name: got "${said.trim()}"; allowed: ${stack}; do: nothing was removed`,
    );
  }
}
