/** Alert rules, one by one: who is called later, earlier, or not any more. */
import { below, parsed, type Folder } from "./folder";
import { compare, grouped, leaves } from "./difference";
import type { Entry, Section } from "./section";
import { change, code, count, joined } from "./words";

interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Where it stands. */
  group: string;
}

interface RuleFile {
  groups?: { name: string; rules?: Omit<Rule, "group">[] }[];
}

/** Records that say which bundle a host should run: what changes there is a host's, and is told there. */
const WANTED = ":wanted";

export function rulesSection(before: Folder, after: Folder): Section {
  const [old, now] = [rulesOf(before), rulesOf(after)];
  const severals = new Set([...severalsOf(old), ...severalsOf(now)]);
  const { added, removed, changed } = compare(byName(old, severals), byName(now, severals));
  const all = [
    ...removed.map(([name, rule]) => ({ name, rule, entry: gone(name, rule) })),
    ...changed.map(([name, was, rule]) => ({ name, rule, entry: other(name, was, rule) })),
    ...added.map(([name, rule]) => ({ name, rule, entry: fresh(name, rule) })),
  ];
  const told = all.filter(({ rule }) => !isWanted(rule));
  const number = (of: [string, ...unknown[]][], what: string, verb: string): string[] => {
    const own = of.filter(([name]) => name.startsWith(what));
    return own.length === 0 ? [] : [`${count(own.length, what)} ${verb}`];
  };
  return {
    title: "Rules",
    summary: ["alert", "record"].flatMap((what) => [
      ...number(
        changed.filter(([, , rule]) => !isWanted(rule)),
        what,
        "changed",
      ),
      ...number(
        added.filter(([, rule]) => !isWanted(rule)),
        what,
        "added",
      ),
      ...number(
        removed.filter(([, rule]) => !isWanted(rule)),
        what,
        "removed",
      ),
    ]),
    entries: [
      ...told.map(({ entry }) => entry),
      ...(told.length < all.length
        ? [{ line: "The records of the bundles that hosts should run follow the hosts." }]
        : []),
    ],
  };
}

const isWanted = ({ record = "" }: Rule): boolean => record.endsWith(WANTED);

function rulesOf(folder: Folder): Rule[] {
  return [...below(folder, "rules").keys()].flatMap((path) =>
    (parsed<RuleFile>(folder, `rules/${path}`)?.groups ?? []).flatMap(({ name, rules = [] }) =>
      rules.map((rule): Rule => ({ ...rule, group: name })),
    ),
  );
}

/** By `alert Name` or `record name`, and by their labels where there are several of one name. */
function byName(rules: Rule[], severals: ReadonlySet<string>): Map<string, Rule> {
  const seen = new Map<string, number>();
  return new Map(
    rules.map((rule) => {
      const name = nameOf(rule);
      const key = severals.has(name) ? `${name} ${labelsOf(rule)}` : name;
      const number = (seen.get(key) ?? 0) + 1;
      seen.set(key, number);
      return [number === 1 ? key : `${key} (${number})`, rule] as const;
    }),
  );
}

function severalsOf(rules: Rule[]): string[] {
  return grouped(rules, nameOf)
    .filter(([, own]) => own.length > 1)
    .map(([name]) => name);
}

const nameOf = ({ alert, record }: Rule): string =>
  alert === undefined ? `record ${record ?? ""}` : `alert ${alert}`;

function labelsOf({ labels = {} }: Rule): string {
  const words = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `{${words.sort().join(", ")}}`;
}

/** `alert`, and the name as code. */
function heading(name: string): string {
  const [kind = "", ...rest] = name.split(" ");
  return `${kind === "record" ? "Record " : ""}**${code(rest.join(" "))}**`;
}

function facts({ for: pause, labels = {} }: Rule): string {
  const said = [
    ...(labels["severity"] === undefined ? [] : [code(labels["severity"])]),
    ...(pause === undefined ? [] : [`after ${code(pause)}`]),
  ];
  return said.length === 0 ? "" : `, ${said.join(" ")}`;
}

function fresh(name: string, rule: Rule): Entry {
  const summary = rule.annotations?.["summary"];
  const words = summary === undefined ? "" : `: ${code(summary)}`;
  return { line: `${heading(name)} is new${facts(rule)}${words}`, details: rule.expr };
}

function gone(name: string, rule: Rule): Entry {
  return { line: `${heading(name)} is removed${facts(rule)}` };
}

function other(name: string, before: Rule, after: Rule): Entry {
  const changes = leaves(ordered(before), ordered(after)).map(({ path, ...leaf }) =>
    change({ ...leaf, path: path.replace(/^(labels|annotations)\./, "") }),
  );
  return { line: `${heading(name)}: ${joined(changes)}` };
}

/** What decides whether somebody is called, before what they read. */
function ordered({ expr, for: pause, labels, annotations, group }: Rule): object {
  return { expr, for: pause, labels, group, annotations };
}
