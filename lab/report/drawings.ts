/** Of which dashboards there are to be pictures. */
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { join } from "node:path";
import { changedDashboards } from "../../preview/dashboards";
import { below, readFolder, type Folder } from "../../preview/folder";
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

/**
 * Two exports, each with the dashboards of its own code; what was not there before is alone. Where a change is
 * none that shows, as of a link, two equal sides would tell nothing.
 */
function changedIn(directory: string): Drawing[] {
  const [base, head] = ["base", "head"].map((name) => readFolder(join(directory, name)));
  if (base === undefined || head === undefined || head.size === 0) {
    throw new Error(`--changes ${directory}: there is no export in ${join(directory, "head")}`);
  }
  const [before, after] = [base, head].map((folder) => modelsIn(folder));
  return changedDashboards(base, head).flatMap((slug) => {
    const [was, is] = [before?.get(slug), after?.get(slug)];
    if (is === undefined || JSON.stringify(was) === JSON.stringify(is)) return [];
    return {
      slug,
      file: join(directory, "pictures", `${slug}.png`),
      sides: [
        ...(was === undefined ? [] : [{ heading: "Before", model: was }]),
        { heading: was === undefined ? "New" : "After", model: is },
      ],
    };
  });
}

function modelsIn(folder: Folder): Map<string, DashboardModel> {
  return new Map(
    [...below(folder, "dashboards")].map(([file, text]) => {
      const slug = file.replace(/\.json$/, "");
      return [slug, modelOf(slug, JSON.parse(text) as Dashboard)];
    }),
  );
}
