/** Of which dashboards there are to be pictures. */
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { join } from "node:path";
import { changedDashboards } from "../../preview/dashboards";
import { below, readFolder } from "../../preview/folder";
import { modelOf, type DashboardModel } from "./model";
import type { Wanted } from "./options";

export interface Drawing {
  slug: string;
  file: string;
  sides: { heading?: string; model: DashboardModel }[];
}

/** @param all the dashboards of the code that runs */
export function drawingsOf(wanted: Wanted | undefined, all: readonly DashboardModel[]): Drawing[] {
  if (wanted === undefined) return [];
  if ("changes" in wanted) return wanted.changes.flatMap(changedIn);
  return all.map((model) => ({
    slug: model.slug,
    file: join(wanted.pictures, `${model.slug}.png`),
    sides: [{ model }],
  }));
}

/** Two exports, each with the dashboards of its own code; what was not there before is alone. */
function changedIn(directory: string): Drawing[] {
  const [base, head] = ["base", "head"].map((name) => readFolder(join(directory, name)));
  if (base === undefined || head === undefined || head.size === 0) {
    throw new Error(`--changes ${directory}: there is no export in ${join(directory, "head")}`);
  }
  const [before, after] = [below(base, "dashboards"), below(head, "dashboards")];
  return changedDashboards(base, head).map((slug) => {
    const side = (heading: string, text: string | undefined): Drawing["sides"] =>
      text === undefined ? [] : [{ heading, model: modelOf(slug, JSON.parse(text) as Dashboard) }];
    return {
      slug,
      file: join(directory, "pictures", `${slug}.png`),
      sides: [
        ...side("Before", before.get(`${slug}.json`)),
        ...side("After", after.get(`${slug}.json`)),
      ],
    };
  });
}
