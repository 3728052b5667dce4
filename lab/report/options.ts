/** Options of `report`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { labOf } from "../layout";
import { monitorUrl } from "../observe";

export const USAGE = `report [--prometheus URL | --recorded] [--minutes N] [--out FILE] [--pictures DIR]
report --recorded --changes DIR [--changes DIR]... [--install-browser]

Asks a running Prometheus, the lab's by default, every query of every dashboard, and writes one HTML
page of what they show. Queries that find nothing are at its top.

  --prometheus URL    another Prometheus
  --recorded          one that is started here, with the scrapes that the tests have recorded: needs no lab
  --minutes N         how much of the past is shown; default 15, and with --recorded 1, which is also how long it takes
  --out FILE          the page; default dashboards.html, or none where there are pictures
  --pictures DIR      a picture of each dashboard, SLUG.png
  --changes DIR       DIR/base and DIR/head are two exports (docs/export.md): DIR/pictures gets a picture of each
                      dashboard that differs, before and after side by side
  --install-browser   installs Chromium with apt-get where there is no browser; needs root

Pictures need Chromium or Chrome on PATH.
`;

/** Of which dashboards there are pictures, and where they go. */
export type Wanted = { pictures: string } | { changes: string[] };

export interface Options {
  /** undefined: recorded scrapes are played. */
  prometheus?: string;
  minutes: number;
  /** The page. */
  out?: string;
  wanted?: Wanted;
  installBrowser: boolean;
}

const OPTIONS = {
  prometheus: { type: "string" },
  recorded: { type: "boolean", default: false },
  minutes: { type: "string" },
  out: { type: "string" },
  pictures: { type: "string" },
  changes: { type: "string", multiple: true, default: [] as string[] },
  "install-browser": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/**
 * @param lab where the lab's Prometheus is
 * @returns nothing where help is asked for
 * @throws Error in one line
 */
export function optionsOf(args: string[], lab = monitorUrl(labOf(), 9090)): Options | undefined {
  const { values } = parseArgs({ args, options: OPTIONS });
  if (values.help) return undefined;
  const { recorded, prometheus, pictures, changes } = values;
  if (recorded && prometheus !== undefined) {
    throw new Error("--recorded: there is a --prometheus too; give one of them");
  }
  if (pictures !== undefined && changes.length > 0) {
    throw new Error("--pictures: there is a --changes too; give one of them");
  }
  const minutes = Number(values.minutes ?? (recorded ? 1 : 15));
  if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: write a number above 0`);
  const wanted: Wanted | undefined =
    changes.length > 0
      ? { changes: changes.map((directory) => resolve(directory)) }
      : pictures === undefined
        ? undefined
        : { pictures: resolve(pictures) };
  const out = values.out ?? (wanted === undefined ? "dashboards.html" : undefined);
  return {
    ...(recorded ? {} : { prometheus: (prometheus ?? lab).replace(/\/$/, "") }),
    minutes,
    ...(out === undefined ? {} : { out: resolve(out) }),
    ...(wanted === undefined ? {} : { wanted }),
    installBrowser: values["install-browser"],
  };
}
