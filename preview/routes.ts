/** Who is told: routes, receivers, what is held back and when, and the words of messages. */
import { compare, diffLines, leaves } from "./difference";
import { parsed, type Folder } from "./folder";
import type { Entry, Section } from "./section";
import { block, change, code, count, joined, plain } from "./words";

interface Route {
  matchers?: string[];
  receiver?: string;
  routes?: Route[];
  [option: string]: unknown;
}

interface Named {
  name: string;
  [key: string]: unknown;
}

interface Config {
  route?: Route;
  receivers?: Named[];
  inhibit_rules?: Record<string, string[]>[];
  time_intervals?: Named[];
}

export function routesSection(before: Folder, after: Folder): Section {
  const [old, now] = [before, after].map(
    (folder) => parsed<Config>(folder, "alertmanager.yml") ?? {},
  ) as [Config, Config];
  const routes = routeEntries(old, now);
  const receivers = namedEntries("Receiver", old.receivers, now.receivers);
  const others = [
    ...inhibitionEntries(old, now),
    ...namedEntries("Time interval", old.time_intervals, now.time_intervals),
    ...wordEntries(before, after),
  ];
  return {
    title: "Routes and receivers",
    summary: [
      ...(routes.length > 0 ? [`${count(routes.length, "route")} changed`] : []),
      ...(receivers.length > 0 ? [`${count(receivers.length, "receiver")} changed`] : []),
    ],
    entries: [...routes, ...receivers, ...others],
  };
}

/** A way through the tree, by all matchers from the root on. */
interface Way {
  where: string;
  receiver: string;
  options: object;
}

/** Every way that has a condition of its own, and the root. */
function ways(route: Route, path: string[] = []): Way[] {
  const { matchers = [], routes = [], receiver = "", ...options } = route;
  const own = matchers.length === 0 ? path : [...path, matchers.map((m) => code(m)).join(" ")];
  const here = matchers.length > 0 || path.length === 0;
  // A level without a condition only passes on what is below it.
  const passes = here && (receiver !== "" || path.length === 0);
  return [
    ...(passes ? [{ where: own.join(" › "), receiver, options }] : []),
    ...routes.flatMap((child) => ways({ ...child, receiver: child.receiver ?? receiver }, own)),
  ];
}

function routeEntries(old: Config, now: Config): Entry[] {
  const [before, after] = [old.route, now.route].map((route) => byWay(route));
  if (before === undefined || after === undefined) return [];
  const { added, removed, changed } = compare(before, after);
  const to = ({ where, receiver }: Way): string =>
    `${where === "" ? "Everything else" : where} → ${code(receiver)}`;
  const entries = [
    ...removed.map(([, way]) => ({ line: `${to(way)} is removed` })),
    ...changed.map(([, was, way]) => ({ line: `${to(way)}: ${changes(was, way)}` })),
    ...added.map(([, way]) => ({ line: `${to(way)} is new${said(way)}` })),
  ];
  const common = (of: ReadonlyMap<string, Way>, other: ReadonlyMap<string, Way>): string =>
    [...of.keys()].filter((key) => other.has(key)).join("\n");
  const moved = common(before, after) !== common(after, before);
  return moved
    ? [...entries, { line: "Routes stand in another order: the first that matches counts" }]
    : entries;
}

function byWay(route: Route | undefined): Map<string, Way> {
  const all = route === undefined ? [] : collapse(ways(route));
  // One condition may lead to several receivers; the root is one way whoever its receiver is.
  return new Map(
    all.map((way) => [way.where === "" ? "" : `${way.where}\n${way.receiver}`, way] as const),
  );
}

/** The levels without a condition below the root repeat it. */
function collapse(all: Way[]): Way[] {
  return all.filter(({ where }, index) => where !== "" || index === 0);
}

function changes(was: Way, way: Way): string {
  const { receiver: before, options: old } = was;
  const { receiver: after, options: now } = way;
  const options = [old, now].map(flatLists);
  return joined(
    leaves({ receiver: before, ...options[0] }, { receiver: after, ...options[1] }).map(change),
  );
}

function said({ options }: Way): string {
  const words = leaves({}, flatLists(options)).map(
    ({ path, after = "" }) => `${plain(path)} ${code(after)}`,
  );
  return words.length === 0 ? "" : `: ${words.join(", ")}`;
}

/** Lists as one text: a label more is one change. */
function flatLists(options: object): object {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(String).join(", ") : (value as unknown),
    ]),
  );
}

function namedEntries(what: string, old: Named[] = [], now: Named[] = []): Entry[] {
  const map = (all: Named[]): Map<string, Named> => new Map(all.map((each) => [each.name, each]));
  const { added, removed, changed } = compare(map(old), map(now));
  const name = (text: string): string => `${what} **${code(text)}**`;
  return [
    ...removed.map(([key]) => ({ line: `${name(key)} is removed` })),
    ...changed.map(([key, was, is]) => ({ line: `${name(key)}: ${settings(was, is)}` })),
    ...added.map(([key, is]) => ({ line: `${name(key)} is new: ${kinds(is)}` })),
  ];
}

function settings(was: Named, is: Named): string {
  const said = leaves(was, is).map(({ path, ...leaf }) =>
    change({ ...leaf, path: path.replace("_configs[0]", "") }),
  );
  return joined(said);
}

function kinds({ name: _, ...configs }: Named): string {
  const all = Object.keys(configs).map((key) => code(key.replace(/_configs$/, "")));
  return all.length === 0 ? "it tells nobody" : all.join(", ");
}

function inhibitionEntries(old: Config, now: Config): Entry[] {
  const map = (all: Record<string, string[]>[] = []): Map<string, string> =>
    new Map(all.map((rule) => [inhibition(rule), ""]));
  const { added, removed } = compare(map(old.inhibit_rules), map(now.inhibit_rules));
  return [
    ...removed.map(([text]) => ({ line: `No longer held back: ${text}` })),
    ...added.map(([text]) => ({ line: `Held back: ${text}` })),
  ];
}

function inhibition(rule: Record<string, string[]>): string {
  const words = (key: string): string => (rule[key] ?? []).map((word) => code(word)).join(" ");
  return `${words("target_matchers")} while ${words("source_matchers")} fires, with the same ${words("equal")}`;
}

function wordEntries(before: Folder, after: Folder): Entry[] {
  const path = "notifications.tmpl";
  const lines = diffLines(before.get(path) ?? "", after.get(path) ?? "");
  return lines.length === 0
    ? []
    : [{ line: "What messages say is changed", details: block(lines, "diff") }];
}
