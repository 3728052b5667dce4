/** The federation's hosts: which are touched, what restarts there, and what is written there. */
import type { ExportedHost } from "../runner/export/hosts";
import { below, hostsOf, stackOf, type Folder } from "./folder";
import { compare, diffLines, grouped, leaves, without } from "./difference";
import type { Entry, Section } from "./section";
import { block, change, code, count, joined, names } from "./words";

/** What an `up` does to hosts, by their names. */
export interface Touched {
  installed: string[];
  updated: string[];
  removed: string[];
}

/** By what is rendered: what another state, or a host that is away, makes of it only a preview knows. */
export function touchedHosts(before: Folder, after: Folder): Touched {
  const [old, now] = [hostsOf(before), hostsOf(after)];
  const { added, removed, changed } = compare(old, now);
  const all = toldToAll(before) !== toldToAll(after);
  return {
    installed: added.filter(([, host]) => !host.lost).map(([name]) => name),
    updated: all
      ? [...now].filter(([name, host]) => old.has(name) && !host.lost).map(([name]) => name)
      : changed.filter(([, was, is]) => isTouched(was, is)).map(([name]) => name),
    removed: removed.filter(([, host]) => !host.lost).map(([name]) => name),
  };
}

/** What a stack says to each of its hosts. */
function toldToAll(folder: Folder): string {
  const { repair, waitSeconds } = stackOf(folder) ?? {};
  return JSON.stringify([repair, waitSeconds]);
}

/** Labels are Prometheus' alone; all else is told to the host, but where it is lost. */
function isTouched(was: ExportedHost, is: ExportedHost): boolean {
  return !is.lost && leaves(without(was, "labels"), without(is, "labels")).length > 0;
}

/** A unit that an `up` restarts, and where. */
export interface Restart {
  what: string;
  hosts: string[];
}

export function restartsOnHosts(before: Folder, after: Folder): Restart[] {
  const { changed } = compare(hostsOf(before), hostsOf(after));
  const all = changed.flatMap(([host, was, is]) => units(was, is).map((what) => ({ what, host })));
  return grouped(all, ({ what }) => what).map(([what, own]) => ({
    what,
    hosts: own.map(({ host }) => host),
  }));
}

function units(was: ExportedHost, is: ExportedHost): string[] {
  if (is.lost || was.lost) return [];
  const { changed, removed } = compare(
    new Map(Object.entries(was.parts)),
    new Map(Object.entries(is.parts)),
  );
  const unit = (part: string): string => code(`flower-monitoring-${part}`);
  return [
    ...changed.map(([part]) => unit(part)),
    ...removed.map(([part]) => `${unit(part)} (stops)`),
    ...(was.hook === is.hook ? [] : is.restart.map((own) => `Flower's ${code(own)}`)),
  ];
}

export function hostsSection(before: Folder, after: Folder): Section {
  const [old, now] = [hostsOf(before), hostsOf(after)];
  const { added, removed, changed } = compare(old, now);
  const number = (all: unknown[], verb: string): string[] =>
    all.length === 0 ? [] : [`${count(all.length, "host")} ${verb}`];
  const differ = changed.filter(
    ([, was, is]) => settings(was, is).length > 0 || isTouched(was, is),
  );
  return {
    title: "Hosts",
    summary: [
      ...number(differ, "changed"),
      ...number(added, "added"),
      ...number(removed, "removed"),
    ],
    entries: [
      ...alike(removed, ([, host]) =>
        host.lost ? "is gone, and was lost" : "is removed: exporters and hook are taken away",
      ),
      ...alike(added, ([, host]) => `is new (${code(host.role)}): ${partsOf(host)}`),
      ...changesOf(differ, before, after),
    ],
  };
}

function partsOf({ parts, hook }: ExportedHost): string {
  const all = [...Object.keys(parts), ...(hook === undefined ? [] : ["hook"])];
  return all.map((part) => code(part)).join(", ");
}

/** One line for all hosts of which the same is said. */
function alike<T extends [string, ...unknown[]]>(all: T[], say: (item: T) => string): Entry[] {
  return grouped(all, say).map(([words, own]) => ({
    line: `${names(own.map(([name]) => name))}: ${words}`,
  }));
}

/** What the stack says of a host, without what follows from it, and without labels, which targets have. */
function settings(was: ExportedHost, is: ExportedHost): string[] {
  const own = (host: ExportedHost): object => without(host, "bundle", "parts", "hook", "labels");
  return leaves(own(was), own(is)).map(change);
}

function filesByHost(folder: Folder): Map<string, Map<string, string>> {
  const hosts = new Map<string, Map<string, string>>();
  for (const [path, content] of below(folder, "hosts")) {
    const slash = path.indexOf("/");
    const name = path.slice(0, slash);
    const files = hosts.get(name) ?? new Map<string, string>();
    hosts.set(name, files.set(path.slice(slash + 1), content));
  }
  return hosts;
}

function changesOf(
  changed: [string, ExportedHost, ExportedHost][],
  before: Folder,
  after: Folder,
): Entry[] {
  const [old, now] = [filesByHost(before), filesByHost(after)];
  const all = changed.map(([name, was, is]) => {
    const files = compare<string>(old.get(name) ?? new Map(), now.get(name) ?? new Map());
    const details = [
      ...files.removed.map(([path]) => [`--- ${path} (removed)`]),
      ...files.changed.map(([path, a, b]) => [`--- ${path}`, ...diffLines(a, b)]),
      ...files.added.map(([path, text]) => [`+++ ${path} (new)`, ...diffLines("", text, 0)]),
    ].flat();
    return { name, words: wordsOf(was, is, details.length > 0), details };
  });
  return grouped(all, ({ words, details }) => [words, ...details].join("\n")).map(([, own]) => {
    const { words = "", details = [] } = own[0] ?? {};
    const line = `${names(own.map(({ name }) => name))}: ${words}`;
    return details.length === 0 ? { line } : { line, details: block(details, "diff") };
  });
}

function wordsOf(was: ExportedHost, is: ExportedHost, files: boolean): string {
  const said = settings(was, is);
  const [old, now] = [was, is].map(({ parts }) => new Map(Object.entries(parts)));
  if (old !== undefined && now !== undefined && !was.lost && !is.lost) {
    const parts = compare(old, now);
    const list = (all: [string, ...unknown[]][]): string =>
      all.map(([part]) => code(part)).join(", ");
    if (parts.added.length > 0) said.push(`${list(parts.added)} installed`);
    if (parts.removed.length > 0) said.push(`${list(parts.removed)} taken away`);
    if (parts.changed.length > 0) said.push(`${list(parts.changed)} changed`);
    if (was.hook === undefined && is.hook !== undefined) said.push("the hook installed");
    if (was.hook !== undefined && is.hook === undefined) said.push("the hook taken away");
    if (was.hook !== undefined && is.hook !== undefined && was.hook !== is.hook) {
      said.push("the hook changed");
    }
  }
  if (said.length > 0) return joined(said);
  return files ? "settings changed" : "the installer or our programs changed";
}
