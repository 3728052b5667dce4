/** Dashboards, panel by panel. */
import { below, type Folder } from "./folder";
import { compare, leaves, type Leaf } from "./difference";
import type { Entry, Section } from "./section";
import { change, code, count, joined } from "./words";

type Json = Record<string, unknown>;

interface Dashboard extends Json {
  title?: string;
  panels?: Panel[];
}

interface Panel extends Json {
  type: string;
  title?: string;
}

/** Where a dashboard's picture is, by its slug; undefined where there is none. */
export type Picture = (slug: string) => Shown | undefined;

/** An address that a comment can show, or a file that readers have to fetch, and the page with it. */
export type Shown = { image: string } | { file: string; page?: string };

export function dashboardsSection(
  before: Folder,
  after: Folder,
  picture: Picture = () => undefined,
): Section {
  const { added, removed, changed } = compare(dashboardsOf(before), dashboardsOf(after));
  const number = (all: unknown[], verb: string): string[] =>
    all.length === 0 ? [] : [`${count(all.length, "dashboard")} ${verb}`];
  return {
    title: "Dashboards",
    summary: [
      ...number(changed, "changed"),
      ...number(added, "added"),
      ...number(removed, "removed"),
    ],
    entries: [
      ...removed.map(([slug, { title }]) => ({ line: `${name(title ?? slug)} is removed` })),
      ...changed.flatMap(([slug, was, is]) => [
        ...changesOf(slug, was, is),
        ...shown(slug, picture),
      ]),
      ...added.flatMap(([slug, { title, panels = [] }]) => [
        { line: `${name(title ?? slug)} is new, with ${count(panels.length, "panel")}` },
        ...shown(slug, picture),
      ]),
    ],
  };
}

/** Slugs of those that are other ones or new after a change. */
export function changedDashboards(before: Folder, after: Folder): string[] {
  const { added, changed } = compare(dashboardsOf(before), dashboardsOf(after));
  return [...changed.map(([slug]) => slug), ...added.map(([slug]) => slug)];
}

const name = (title: string): string => `**${code(title)}**`;

function dashboardsOf(folder: Folder): Map<string, Dashboard> {
  return new Map(
    [...below(folder, "dashboards")].map(([path, content]) => [
      path.replace(/\.json$/, ""),
      JSON.parse(content) as Dashboard,
    ]),
  );
}

function shown(slug: string, picture: Picture): Entry[] {
  const found = picture(slug);
  return found === undefined ? [] : [{ line: `Picture: ${shownAs(slug, found)}` }];
}

function shownAs(slug: string, shown: Shown): string {
  if ("image" in shown) return `![${slug.replace(/[^\w-]/g, "")}](${shown.image})`;
  const { file, page } = shown;
  return page === undefined ? code(file) : `${code(file)} in the artefact of [this run](${page})`;
}

function changesOf(slug: string, was: Dashboard, is: Dashboard): Entry[] {
  const { panels: before = [], ...old } = was;
  const { panels: after = [], ...now } = is;
  const title = name(is.title ?? slug);
  const own = leaves(named(old), named(now)).map(said);
  const { added, removed, changed } = compare(
    byTitle(before),
    byTitle(after),
    (a, b) => leaves(content(a), content(b)).length === 0,
  );
  const panel = (key: string): string => `${title} › ${code(key)}`;
  const entries = [
    ...(own.length > 0 ? [{ line: `${title}: ${joined(own)}` }] : []),
    ...removed.map(([key]) => ({ line: `${panel(key)} is removed` })),
    ...changed.map(([key, a, b]) => ({
      line: `${panel(key)}: ${joined(leaves(content(a), content(b)).map(said))}`,
    })),
    ...added.map(([key, { type, targets }]) => ({
      line: `${panel(key)} is new (${code(type)})${queries(targets)}`,
    })),
  ];
  // Where something comes or goes, what is below it moves: that is no news.
  if (entries.length > 0) return entries;
  return [{ line: `${title}: panels stand in other places` }];
}

function queries(targets: unknown): string {
  const all = Array.isArray(targets) ? (targets as { expr?: string }[]) : [];
  const exprs = all.flatMap(({ expr }) => (expr === undefined ? [] : [code(expr)]));
  return exprs.length === 0 ? "" : `: ${joined(exprs, 3)}`;
}

/** A panel without the place and number that its neighbours give it. */
function content({ id: _, gridPos: _place, ...panel }: Panel): object {
  return named(panel);
}

/** Titles tell panels apart, and rows from panels; the second of one title is another. */
function byTitle(panels: Panel[]): Map<string, Panel> {
  const seen = new Map<string, number>();
  return new Map(
    panels.map((panel) => {
      const { title = panel.type, type } = panel;
      const key = type === "row" ? `${title} (row)` : title;
      const number = (seen.get(key) ?? 0) + 1;
      seen.set(key, number);
      return [number === 1 ? key : `${key} (${number})`, panel] as const;
    }),
  );
}

/** Lists of things that have a name, or a refId, as maps: one that is added changes no other. */
function named(value: unknown): object {
  return convert(value) as object;
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) {
    const keys = value.map((item: unknown) => keyOf(item));
    const unique = keys.every((key) => key !== undefined) && new Set(keys).size === keys.length;
    if (unique) return Object.fromEntries(value.map((item, i) => [keys[i], convert(item)]));
    return value.map(convert);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(item)]));
}

function keyOf(item: unknown): string | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  const { refId, name: own, title } = item as Record<string, unknown>;
  const key = refId ?? own ?? title;
  return typeof key === "string" ? key : undefined;
}

/** Words for the usual paths; the rest as they are. */
const WORDS: [RegExp, string][] = [
  [/^targets\.(\w+)\.expr$/, "query $1"],
  [/^targets\.(\w+)\.legendFormat$/, "legend of $1"],
  [/^fieldConfig\.defaults\.(custom\.)?/, ""],
  [/^templating\.list\./, "variable "],
  [/^annotations\.list\./, "annotation "],
  [/^options\./, ""],
];

function said(leaf: Leaf): string {
  const path = WORDS.reduce((text, [pattern, words]) => text.replace(pattern, words), leaf.path);
  return change({ ...leaf, path });
}
