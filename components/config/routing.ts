/** Who is told of which alerts, and when not: severities, sites, mute timings, groups. */
import * as z from "zod";
import type { MuteTiming, Severity } from "./alerting-schema";
import { SEVERITIES } from "./alerting-schema";
import type { ConfigPath, Faults } from "./faults";
import { member } from "./hosts";
import { checkReceiver } from "./receivers";
import { field, keys, text } from "./fields";
import { addUnknownKey, read } from "./shapes";
import * as values from "./values";

const severity = field<Severity>(
  values.oneOf(SEVERITIES, "write severities as the alerts have them in their label"),
);

export const muteTiming = keys({
  severities: z.array(severity, { error: () => "" }).optional(),
  intervals: z.array(z.unknown(), { error: () => "" }),
});

const timingName = values.matching(
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
  "1 to 63 letters, digits, _ and -",
  "name the mute timing; routes refer to it by this name",
);

/** `routing`: receivers by severity. */
export function readRouting(
  raw: unknown,
  names: string[],
  faults: Faults,
): Partial<Record<Severity, string[]>> {
  const path = ["alerting", "routing"];
  const known: readonly string[] = SEVERITIES;
  const what = `a map with the keys ${SEVERITIES.join(", ")}`;
  const routing: Partial<Record<Severity, string[]>> = {};
  for (const [key, list] of entriesOf(raw, path, what, faults)) {
    if (known.includes(key)) {
      routing[key as Severity] = receiverList(list, [...path, key], names, faults);
    } else addUnknownKey([...path, key], key, known, faults);
  }
  return routing;
}

/**
 * `sites`: receivers by value of the label `site`.
 *
 * @param known sites that the stack's hosts have: any other is a slip that would tell nobody. Undefined
 *   where another stack has the hosts, whose sites are not known yet.
 */
export function readSites(
  raw: unknown,
  known: readonly string[] | undefined,
  names: string[],
  faults: Faults,
): Record<string, string[]> {
  const path = ["alerting", "sites"];
  const sites: Record<string, string[]> = {};
  for (const [site, list] of entriesOf(raw, path, "a map of sites", faults)) {
    if (known?.includes(site) === false) {
      const allowed = known.length === 0 ? "none: no host has the label site" : known.join(" or ");
      const fix = "write the value of the label site of a host, or give a host this one";
      faults.text([...path, site], "a site that no host has", allowed, fix);
    }
    sites[site] = receiverList(list, [...path, site], names, faults);
  }
  return sites;
}

/** `muteTimings`, in the order of the config. */
export function readMuteTimings(raw: unknown, faults: Faults): MuteTiming[] {
  const path = ["alerting", "muteTimings"];
  return entriesOf(raw, path, "a map of mute timings", faults).flatMap(([name, entry]) => {
    const at = [...path, name];
    const problem = timingName(name);
    if (problem !== undefined) faults.value(at, name, problem.allowed, problem.fix);
    const timing = read(muteTiming, entry, at, faults);
    if (timing?.intervals.length === 0) {
      const fix = "write intervals as in Alertmanager's time_intervals, or remove the mute timing";
      faults.value([...at, "intervals"], timing.intervals, "a list of one interval or more", fix);
    }
    return timing === undefined ? [] : [{ name, severities: [], ...timing }];
  });
}

/** Names of mute timings that routes may use, also of those that have a fault. */
export function timingNames(raw: unknown): string[] {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw) ? Object.keys(raw) : [];
}

const GROUP_BY = ["alertname", "federation"];

/** `groupBy`: label names, or `...` alone for no groups at all. */
export function readGroupBy(raw: unknown, faults: Faults): string[] {
  const path = ["alerting", "groupBy"];
  const labels = read(
    z.array(text(values.text), { error: () => "" }),
    raw ?? GROUP_BY,
    path,
    faults,
  );
  const wrong = (labels ?? []).findIndex(
    (label) => !/^[a-zA-Z_]\w*$/.test(label) && !(label === "..." && labels?.length === 1),
  );
  if (wrong >= 0) {
    const fix = "write names of labels, or [...] in quotes alone: each alert for itself";
    faults.value([...path, wrong], labels?.[wrong], "a label name, or ... alone", fix);
  }
  return [...new Set(labels)];
}

function receiverList(raw: unknown, path: ConfigPath, names: string[], faults: Faults): string[] {
  const list: unknown[] = Array.isArray(raw) ? raw : [];
  if (list.length === 0) {
    const fix = "write the names in brackets, such as [mail, chat]";
    faults.value(path, raw, "a list of one receiver or more", fix);
  }
  return list.flatMap((name, index) => {
    const problem = values.receiverName(name);
    if (problem !== undefined) faults.value([...path, index], name, problem.allowed, problem.fix);
    else if (list.indexOf(name) < index) {
      const fix = "remove it: once is enough";
      faults.value([...path, index], name, "each receiver once", fix);
    } else checkReceiver(name as string, [...path, index], names, faults);
    return problem === undefined ? [name as string] : [];
  });
}

/** The entries of a map that may be left out; anything else is a fault. */
export function entriesOf(
  raw: unknown,
  path: ConfigPath,
  allowed: string,
  faults: Faults,
): [string, unknown][] {
  if (raw === undefined) return [];
  if (typeof raw === "object" && raw !== null && !Array.isArray(raw)) {
    return Object.keys(raw).map((key) => [key, member(raw, key)]);
  }
  faults.value(
    path,
    raw,
    allowed,
    "write the keys below it, indented; docs/alerting.md has one of each",
  );
  return [];
}
