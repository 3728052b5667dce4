/** Recorded scrapes of the pinned exporters: which series exist, with which labels and values. */
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../fixtures/scrapes");

/** Metric name to label name to the values that were seen. */
export type Catalogue = Map<string, Map<string, Set<string>>>;

/** Prometheus makes these itself for each target. */
const SYNTHETIC = ["up", "scrape_duration_seconds", "scrape_samples_scraped"];

/** Of Prometheus' own series of alerts, with the labels that dashboards read. */
const ALERTS = {
  alertname: [],
  alertstate: ["pending", "firing"],
  severity: ["critical", "warning", "none"],
};

/**
 * The phases of a run, by docs/metrics.md the same as those of `fl_run_phase`. That one has a series only
 * while its phase goes on, and no scrape was taken in most of them.
 */
const PHASES_OF = "fl_phase_duration_seconds_count";

/**
 * Labels that every series gets from its target; see components/render/scrape-targets.ts. `site` is a
 * label that hosts may have in the stack.
 */
export const TARGET_LABELS = ["job", "instance", "federation", "host", "role", "site"];

/** One line of the text format: name, labels, value. */
function parseLine(line: string): { name: string; labels: [string, string][] } | undefined {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+(?: \d+)?$/.exec(line);
  if (match === null) return undefined;
  const labels = (match[2] ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return {
    name: match[1] ?? "",
    labels: [...labels].map(([, label = "", value = ""]) => [label, value]),
  };
}

export function addScrape(catalogue: Catalogue, text: string): void {
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const sample = parseLine(line);
    if (sample === undefined) throw new Error(`not a line of the text format: ${line}`);
    const labels = catalogue.get(sample.name) ?? new Map<string, Set<string>>();
    for (const [label, value] of sample.labels) {
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
    }
    catalogue.set(sample.name, labels);
  }
}

/** Everything in test/fixtures/scrapes, and what Prometheus adds. */
export function recordedScrapes(): Catalogue {
  const catalogue: Catalogue = new Map();
  for (const name of SYNTHETIC) catalogue.set(name, new Map<string, Set<string>>());
  catalogue.set(
    "ALERTS",
    new Map(Object.entries(ALERTS).map(([label, values]) => [label, new Set<string>(values)])),
  );
  for (const file of readdirSync(ROOT).filter((name) => name.endsWith(".txt"))) {
    addScrape(catalogue, readFileSync(join(ROOT, file), "utf8"));
  }
  const phases = catalogue.get(PHASES_OF)?.get("phase") ?? [];
  for (const phase of phases) catalogue.get("fl_run_phase")?.get("phase")?.add(phase);
  return catalogue;
}
