/** The command `doctor`: looks at all machines, prints what it found, and says whether a fault stands. */
import type { Options } from "../args";
import { EXIT, type ExitCode } from "../errors";
import { step } from "../progress";
import { fleetOf, viewStack } from "../stack";
import { examine } from "./examine";
import { doctorReport, doctorText } from "./report";

export async function doctor({ json, keys, parallel, ...at }: Options): Promise<ExitCode> {
  const view = await viewStack(at, true);
  const machines = await step("looking at all machines", (say) =>
    examine(view, { parallel, onDone: ({ name }) => say(`${name} done`) }),
  );
  const { federation } = view.config;
  const hosts = fleetOf(view.config)?.hosts ?? [];
  const lost = hosts.filter((host) => host.lost).map(({ name }) => name);
  const report = doctorReport({ stack: at.stack, federation, lost }, machines);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : doctorText(report, keys));
  return report.faults === 0 ? EXIT.ok : EXIT.fault;
}
