import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  type DashboardLink,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { annotations } from "./annotations";
import { datasourceVariable, variable, type Builder, type Variable } from "./variables";
import { TITLES, type Slug } from "./slugs";

/** What a dashboard is before it has panels. */
export interface Board {
  slug: Slug;
  description: string;
  /** Variables that its panels use, in the order in which they are chosen; `site` decides which hosts there are. */
  variables: readonly Variable[];
  /** Where somebody goes from here; all others are in the list. */
  related: readonly Slug[];
  /** The dashboard is about a single run. @default false */
  oneRun?: boolean;
  /** @default "now-1h" */
  from?: string;
}

const TAG = "flower-monitoring";

/** The path of a dashboard, for links. */
export const path = (slug: Slug): string => `/d/${TAG}-${slug}`;

/** A dashboard with the project's habits: fixed uid, shared crosshair, read-only, links, annotations. */
export function dashboard(board: Board): DashboardBuilder {
  const builder = new DashboardBuilder(TITLES[board.slug])
    .uid(`${TAG}-${board.slug}`)
    .description(board.description)
    .tags([TAG])
    .timezone("browser")
    .time({ from: board.from ?? "now-1h", to: "now" })
    .refresh("30s")
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([
      datasourceVariable(),
      ...board.variables.map((name) => variable(name, board.oneRun ?? false)),
    ])
    .annotations(annotations())
    .readonly();
  return builder.links([...board.related.map(neighbour), allOthers()]);
}

function neighbour(slug: Slug): Builder<DashboardLink> {
  return link(new DashboardLinkBuilder(TITLES[slug]).type(DashboardLinkType.Link).url(path(slug)));
}

function allOthers(): Builder<DashboardLink> {
  return link(
    new DashboardLinkBuilder("All dashboards")
      .type(DashboardLinkType.Dashboards)
      .tags([TAG])
      .asDropdown(true),
  );
}

/** A link that keeps what is chosen, in sight: by default the SDK hides links in a menu. */
function link(builder: DashboardLinkBuilder): Builder<DashboardLink> {
  const built = builder.keepTime(true).includeVars(true).build();
  delete built.placement;
  return { build: () => built };
}

/** A heading between panels. */
export const row = (title: string): RowBuilder => new RowBuilder(title);
