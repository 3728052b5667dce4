/** What Prometheus scrapes: targets that come and go, and their labels. */
import { below, type Folder } from "./folder";
import { compare, grouped, leaves } from "./difference";
import type { Entry, Section } from "./section";
import { change, code, count, joined, names } from "./words";

interface Target {
  job: string;
  address: string;
  labels: Record<string, string>;
}

export function targetsSection(before: Folder, after: Folder): Section {
  const { added, removed, changed } = compare(targetsOf(before), targetsOf(after));
  const number = (all: unknown[], verb: string): string[] =>
    all.length === 0 ? [] : [`${count(all.length, "target")} ${verb}`];
  return {
    title: "Scrape targets",
    summary: [
      ...number(changed, "relabelled"),
      ...number(added, "added"),
      ...number(removed, "removed"),
    ],
    entries: [
      ...byJob(
        removed.map(([, target]) => target),
        "no longer scraped",
      ),
      ...byJob(
        added.map(([, target]) => target),
        "scraped from now on",
      ),
      ...relabelled(changed),
    ],
  };
}

function targetsOf(folder: Folder): Map<string, Target> {
  const all = [...below(folder, "targets")].flatMap(([path, content]) => {
    const job = path.replace(/\.json$/, "");
    const groups = JSON.parse(content) as { targets: string[]; labels: Record<string, string> }[];
    return groups.flatMap(({ targets, labels }) =>
      targets.map((address): Target => ({ job, address, labels })),
    );
  });
  return new Map(all.map((target) => [`${target.job} ${target.address}`, target]));
}

const hosts = (targets: Target[]): string =>
  names(targets.map(({ address, labels }) => labels["host"] ?? address));

function byJob(targets: Target[], verb: string): Entry[] {
  return grouped(targets, ({ job }) => job).map(([job, own]) => {
    const one = own.length === 1 ? ` at ${code(own[0]?.address ?? "")}` : "";
    return { line: `${code(job)} of ${hosts(own)}${one}: ${verb}` };
  });
}

/** One line for each change, however many targets have it. */
function relabelled(changed: [string, Target, Target][]): Entry[] {
  const all = changed.map(([, was, target]) => ({
    target,
    words: joined(leaves(was.labels, target.labels).map(change)),
  }));
  return grouped(all, ({ words }) => words).map(([words, own]) => {
    const targets = own.map(({ target }) => target);
    const jobs = [...new Set(targets.map(({ job }) => code(job)))].join(", ");
    return { line: `${jobs} of ${hosts(targets)}: ${words}` };
  });
}
