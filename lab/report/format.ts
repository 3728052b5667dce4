/** Values as people read them, in the units that the dashboards use. */
import type { Look } from "./model";

const DECIMAL = ["", "k", "M", "G", "T", "P"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];

const SUFFIXES: Record<string, string> = {
  celsius: " °C",
  cps: "/s",
  kwatth: " kWh",
  percent: " %",
  rotmhz: " MHz",
  watt: " W",
};

/** @param unit Grafana's id of a unit; one that is not known here is left out */
export function formatted(value: number, unit: string): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  switch (unit) {
    case "s":
      return duration(value);
    case "percentunit":
      return `${digits(100 * value)} %`;
    case "bytes":
      return scaled(value, 1024, BINARY, "B");
    case "mbytes":
      return scaled(value * 1024 ** 2, 1024, BINARY, "B");
    case "Bps":
      return `${scaled(value, 1000, DECIMAL, "B")}/s`;
    case "short":
      return scaled(value, 1000, DECIMAL, "").trim();
    case "dateTimeAsLocal":
      return new Date(value).toISOString().slice(0, 19).replace("T", " ");
    default:
      return `${digits(value)}${SUFFIXES[unit] ?? ""}`;
  }
}

/** A value's word, where it has one. */
export function worded(value: number, { unit, decimals, words }: Look): string {
  // Prometheus extrapolates: 16 failures may be 16.03.
  const shown = unit === "short" && decimals !== undefined ? value.toFixed(decimals) : value;
  return words[String(value)]?.text ?? formatted(Number(shown), unit);
}

/** The colour of its word or of its step; undefined where the panel has neither. */
export function colourFor(value: number, { words, steps }: Look): string | undefined {
  return words[String(value)]?.color ?? steps.findLast(({ from }) => value >= from)?.color;
}

/** Four significant digits, without an exponent. */
function digits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const places = Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value))));
  return String(Number(value.toFixed(Math.min(places, 9))));
}

function scaled(value: number, base: number, prefixes: string[], unit: string): string {
  let power = 0;
  let rest = value;
  while (Math.abs(rest) >= base && power < prefixes.length - 1) {
    rest /= base;
    power++;
  }
  return `${digits(rest)} ${prefixes[power] ?? ""}${unit}`;
}

function duration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size !== 0 && size < 1) return `${digits(1000 * seconds)} ms`;
  if (size < 60) return `${digits(seconds)} s`;
  if (size < 3600) return `${digits(seconds / 60)} min`;
  if (size < 86_400) return `${digits(seconds / 3600)} h`;
  return `${digits(seconds / 86_400)} d`;
}

/** A legend with the series' labels in it, as Grafana fills it. */
export function legendOf(legend: string, labels: Record<string, string>): string {
  return legend.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? "").trim();
}

export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
