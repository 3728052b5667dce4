/** The command `status`: healthy or not, and why. */
import type { Options } from "../args";
import { EXIT, type ExitCode } from "../errors";
import { coreOf, viewStack } from "../stack";
import { examineStatus, urlsOf } from "./examine";
import { statusReport, statusText } from "./report";

export async function status({ json, parallel, ...at }: Options): Promise<ExitCode> {
  const view = await viewStack(at, false);
  const findings = await examineStatus(view, parallel);
  const core = coreOf(view.config);
  const { federation } = view.config;
  const urls = core === undefined ? {} : { urls: urlsOf(core) };
  const report = statusReport({ stack: at.stack, federation, ...urls }, findings);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : statusText(report));
  return report.healthy ? EXIT.ok : EXIT.fault;
}
