import type { Counter } from "./counters";
import {
  exporterReadings,
  isExporterField,
  WINDOW,
  type Reading,
  type Seen,
} from "./exporter-fields";
import type { Fault } from "./faults";
import { fieldLabels, fieldValue } from "./fields";
import { gpuAt, MODEL, uuid } from "./gpu";
import type { Options } from "./options";

/** When the stand-in was started and what time it is, in milliseconds. */
export interface Clock {
  start: number;
  now: number;
}

/** /metrics in the form of the real exporter 4.5: the same labels in the same order. */
export function renderMetrics(
  counters: readonly Counter[],
  options: Pick<Options, "gpus" | "hostname" | "interval">,
  clock: Clock,
  faults: readonly Fault[],
): string {
  const gpus = Array.from({ length: options.gpus }, (_unused, gpu) => ({
    seen: look(gpu, options.interval, clock, faults),
    labels: gpuLabels(gpu, options.hostname),
  }));
  const labels = counters.filter(({ type }) => type === "label");
  const families = counters.filter(({ type }) => type !== "label");
  return families
    .map(({ name, type, help }) => {
      const lines = gpus.flatMap((gpu) => {
        const shared = labels.map((label) => [label.name, fieldValue(label.name, gpu.seen.now)]);
        return readings(name, gpu.seen).map((reading) => {
          const own = [...shared, ...Object.entries(reading.labels)].sort();
          return `${name}${braces([...gpu.labels, ...own])} ${reading.value}`;
        });
      });
      if (lines.length === 0) return "";
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
    })
    .join("");
}

/** A GPU now and, as far back as the window reaches, at each collection. */
function look(gpu: number, interval: number, clock: Clock, faults: readonly Fault[]): Seen {
  const { start, now } = clock;
  const collections = Math.floor(Math.min(now - start, WINDOW) / interval);
  const samples = Array.from({ length: collections }, (_unused, index) =>
    gpuAt(gpu, start, now - index * interval, faults),
  );
  return { now: gpuAt(gpu, start, now, faults), at: now, samples };
}

function readings(name: string, seen: Seen): Reading[] {
  if (isExporterField(name)) return exporterReadings(name, seen);
  const value = fieldValue(name, seen.now);
  return value === undefined ? [] : [{ labels: fieldLabels(name, seen.now), value }];
}

function gpuLabels(gpu: number, hostname: string): [string, string][] {
  const bus = (gpu + 1).toString(16).padStart(2, "0").toUpperCase();
  return [
    ["gpu", String(gpu)],
    ["UUID", uuid(gpu)],
    ["pci_bus_id", `00000000:${bus}:00.0`],
    ["device", `nvidia${gpu}`],
    ["modelName", MODEL],
    ["Hostname", hostname],
  ];
}

function braces(labels: (string | undefined)[][]): string {
  const told = labels.filter(([, value]) => value !== undefined);
  return `{${told.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}}`;
}
