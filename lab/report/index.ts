import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { note, step } from "../../runner/progress";
import { labOf } from "../layout";
import { monitorUrl } from "../observe";
import { collect, windowOf } from "./collect";
import { findings } from "./findings";
import { page } from "./page";
import { prometheusAt } from "./prometheus";

const USAGE = `report [--prometheus URL] [--minutes N] [--out FILE]

Asks a running Prometheus, the lab's by default, every query of every dashboard, and writes one HTML
page of what they show. Queries that find nothing are at its top.`;

/**
 * The command.
 *
 * @returns whether Prometheus took every query
 */
export async function report(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      prometheus: { type: "string", default: monitorUrl(labOf(), 9090) },
      minutes: { type: "string", default: "15" },
      out: { type: "string", default: "dashboards.html" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return true;
  }
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: write a number above 0`);
  const prometheus = prometheusAt(values.prometheus.replace(/\/$/, ""));
  return step(`dashboards, as ${prometheus.url} fills them`, async () => {
    const { window, macros } = await windowOf(prometheus, 60 * minutes, Date.now() / 1000);
    const reports = await collect(prometheus, window, macros);
    const file = resolve(values.out);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, page(reports, { prometheus: prometheus.url, window }));
    const open = findings(reports).filter(({ because }) => because === "");
    const refused = open.filter(({ error }) => error !== undefined);
    for (const { slug, panel, error } of refused) note(`${slug}: ${panel}: ${error ?? ""}`);
    note(`${open.length - refused.length} queries found nothing and are on no list, see the page`);
    note(file);
    return refused.length === 0;
  });
}
