import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Values } from "../../dashboards/interpolate";
import { count } from "../../preview/words";
import { note, step } from "../../runner/progress";
import { startReplay } from "../replay";
import { fullestRun, untilFilled } from "../replay/filled";
import { browserOnPath, requireBrowser } from "./browser";
import { collect, windowOf, type DashboardReport } from "./collect";
import { drawingsOf, type Drawing } from "./drawings";
import { findings } from "./findings";
import { dashboardModels, type DashboardModel } from "./model";
import { optionsOf, USAGE, type Options } from "./options";
import { page } from "./page";
import { takePictures } from "./pictures";
import { prometheusAt, type Prometheus, type Window } from "./prometheus";

/**
 * The command.
 *
 * @returns whether Prometheus took every query of the dashboards that are here
 */
export async function report(args: string[]): Promise<boolean> {
  const options = optionsOf(args);
  if (options === undefined) {
    process.stdout.write(USAGE);
    return true;
  }
  // Before anything that takes long.
  const plan = planOf(options);
  if (options.out === undefined && plan.drawings.length === 0) {
    note("no dashboard looks another way");
    return true;
  }
  const browser = plan.drawings.length === 0 ? "" : await browserFor(options);
  if (options.prometheus !== undefined) {
    return reportOf(prometheusAt(options.prometheus), options, plan, browser);
  }
  const replay = await step("Prometheus for recorded scrapes", startReplay);
  try {
    const prometheus = prometheusAt(replay.url);
    await step("recorded scrapes are played", () =>
      Promise.all([sleep(60_000 * options.minutes), untilFilled(prometheus)]),
    );
    return await reportOf(prometheus, options, plan, browser, await fullestRun(prometheus));
  } finally {
    await replay.stop();
  }
}

/** What is asked for. */
interface Plan {
  /** Dashboards of the code that runs. */
  models: DashboardModel[];
  drawings: Drawing[];
}

function planOf({ wanted, out }: Options): Plan {
  const changesOnly = wanted !== undefined && "changes" in wanted && out === undefined;
  const models = changesOnly ? [] : dashboardModels();
  return { models, drawings: drawingsOf(wanted, models) };
}

function browserFor({ installBrowser }: Options): string | Promise<string> {
  return installBrowser ? requireBrowser() : browserOnPath();
}

/** @param liked values of variables, as {@link collect} takes them */
async function reportOf(
  prometheus: Prometheus,
  { minutes, out }: Options,
  { models, drawings }: Plan,
  browser: string,
  liked: Values = {},
): Promise<boolean> {
  const { window, macros } = await windowOf(prometheus, 60 * minutes, Date.now() / 1000);
  const drawn = drawings.flatMap(({ sides }) => sides.map(({ model }) => model));
  const asked = [...new Set([...models, ...drawn])];
  const reports = await step(`dashboards, as ${prometheus.url} fills them`, () =>
    collect(prometheus, window, macros, asked, liked),
  );
  const here = reports.slice(0, models.length);
  if (out !== undefined) {
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, page(here, { prometheus: prometheus.url, window }));
  }
  await draw(browser, drawings, reports, window);
  const open = findings(here).filter(({ because }) => because === "");
  const refused = open.filter(({ error }) => error !== undefined);
  for (const { slug, panel, error } of refused) note(`${slug}: ${panel}: ${error ?? ""}`);
  if (out !== undefined) {
    note(`${open.length - refused.length} queries found nothing and are on no list, see the page`);
    note(out);
  }
  return refused.length === 0;
}

async function draw(
  browser: string,
  drawings: Drawing[],
  reports: DashboardReport[],
  window: Window,
): Promise<void> {
  if (drawings.length === 0) return;
  const byModel = new Map(reports.map((one) => [one.model, one]));
  const orders = drawings.map(({ sides, ...drawing }) => ({
    ...drawing,
    sides: sides.flatMap(({ model, ...side }) => {
      const found = byModel.get(model);
      return found === undefined ? [] : [{ ...side, report: found }];
    }),
  }));
  await step(`${count(orders.length, "picture")} of dashboards`, (say) =>
    takePictures(browser, orders, window, say),
  );
  for (const { file } of drawings) note(file);
}
