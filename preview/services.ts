/** The monitoring VM's containers, and what a stack says beside files. */
import type { ExportedStack } from "../runner/export/render";
import { compare, diffLines, leaves, without } from "./difference";
import { below, stackOf, type Folder } from "./folder";
import type { Entry, Section } from "./section";
import { block, change, code, count, joined } from "./words";

type Json = Record<string, unknown>;

const TITLES: Record<string, string> = {
  prometheus: "Prometheus",
  alertmanager: "Alertmanager",
  grafana: "Grafana",
};

export const serviceTitle = (name: string): string => TITLES[name] ?? code(name);

/** Containers that are replaced, by their services' names: any difference does. */
export function replacedServices(before: Folder, after: Folder): string[] {
  return compare(servicesOf(before), servicesOf(after)).changed.map(([name]) => name);
}

function servicesOf(folder: Folder): Map<string, Json> {
  return new Map(
    [...below(folder, "services")].map(([path, content]) => [
      path.replace(/\.json$/, ""),
      JSON.parse(content) as Json,
    ]),
  );
}

export function servicesSection(before: Folder, after: Folder): Section {
  const { added, removed, changed } = compare(servicesOf(before), servicesOf(after));
  const name = (service: string): string => `**${serviceTitle(service)}**`;
  const containers: Entry[] = [
    ...removed.map(([service]) => ({ line: `${name(service)} is removed` })),
    ...changed.map(([service, was, is]) => ({
      line: `${name(service)}: ${joined(leaves(was, is).map(change))}`,
    })),
    ...added.map(([service, { image }]) => ({
      line: `${name(service)} is new, from ${code(String(image))}`,
    })),
  ];
  const all = [...removed, ...changed, ...added];
  return {
    title: "Containers",
    summary: all.length === 0 ? [] : [`${count(all.length, "container")} changed`],
    entries: containers,
  };
}

/** prometheus.yml, by its lines: it is short. */
export function scrapeSection(before: Folder, after: Folder): Section {
  const path = "prometheus.yml";
  const lines = diffLines(before.get(path) ?? "", after.get(path) ?? "", 2);
  const both = before.has(path) && after.has(path);
  return {
    title: "Prometheus' configuration",
    summary: both && lines.length > 0 ? ["Prometheus' configuration changed"] : [],
    entries: both && lines.length > 0 ? [{ line: code(path), details: block(lines, "diff") }] : [],
  };
}

/** What the stack's file says that is in no other section. */
export function settingsSection(before: Folder, after: Folder): Section {
  const [old, now] = [stackOf(before), stackOf(after)];
  if (old === undefined || now === undefined)
    return { title: "Settings", summary: [], entries: [] };
  const own = (stack: ExportedStack): object =>
    without(stack, "secrets", "missing", "stack", "version");
  const changes = leaves(own(old), own(now)).map((leaf) => ({ line: change(leaf) }));
  const keys = compare(keysOf(old), keysOf(now));
  const entries = [
    ...changes,
    ...keys.removed.map(([key]) => ({ line: `The secret ${code(key)} is removed` })),
    ...keys.added.map(([key]) => ({ line: `The secret ${code(key)} is new` })),
  ];
  return {
    title: "Settings",
    summary: entries.length === 0 ? [] : [`${count(entries.length, "setting")} changed`],
    entries,
  };
}

const keysOf = ({ secrets }: ExportedStack): Map<string, string> =>
  new Map(secrets.map((key) => [key, ""]));

/** Files that differ and of which no section has said anything. */
export function otherSection(
  before: Folder,
  after: Folder,
  told: (path: string) => boolean,
): Section {
  const { added, removed, changed } = compare(before, after);
  const ca = (all: [string, ...unknown[]][]): string[] =>
    all.map(([path]) => path).filter((path) => !told(path));
  const entries = [
    ...ca(removed).map((path) => ({ line: `${code(path)} is removed` })),
    ...changed
      .filter(([path]) => !told(path))
      .map(([path, was, is]) => ({ line: code(path), details: block(diffLines(was, is), "diff") })),
    ...ca(added).map((path) => ({ line: `${code(path)} is new` })),
  ];
  return {
    title: "Other files",
    summary: entries.length === 0 ? [] : [`${count(entries.length, "other file")} changed`],
    entries,
  };
}
