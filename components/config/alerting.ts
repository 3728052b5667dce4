/** The alerting section: its parts put together, the default receiver, and Alertmanager's own routes. */
import type { AlertingConfig, AlertmanagerRoute } from "./alerting-schema";
import type { ConfigPath, Faults } from "./faults";
import { rulesFile } from "./files";
import type { ConfigIo } from "./files";
import { member } from "./hosts";
import { checkReceiver, readReceivers, readUrlTarget, receiverNames } from "./receivers";
import { readGroupBy, readMuteTimings, readRouting, readSites, timingNames } from "./routing";
import { read, shapes } from "./shapes";
import { readThresholds } from "./thresholds";
import { receiverName } from "./values";

/** Deeper trees are a mistake, and an endless one must not end the parser. */
const DEEPEST_ROUTE = 20;

/** Where this repository's runbooks are read; a team with a copy of its own names it. */
const RUNBOOKS_URL =
  "https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md";

/** What the parts of an alerting section may name. */
interface Names {
  receivers: string[];
  muteTimings: string[];
}

/**
 * @param sites values of the label `site` that hosts have; undefined where another stack has the hosts
 * @returns the section, or undefined after its faults were added
 */
export function readAlerting(
  raw: unknown,
  sites: readonly string[] | undefined,
  io: ConfigIo,
  faults: Faults,
): AlertingConfig | undefined {
  const shape = read(shapes.alerting, raw, ["alerting"], faults);
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return undefined;
  const part = (key: string): unknown => member(raw, key);
  const receivers = readReceivers(part("receivers"), io, faults);
  const names: Names = {
    receivers: receiverNames(part("receivers")),
    muteTimings: timingNames(part("muteTimings")),
  };
  const defaultReceiver = pickDefault(part("defaultReceiver"), names.receivers, faults);
  const parts = {
    routing: readRouting(part("routing"), names.receivers, faults),
    sites: readSites(part("sites"), sites, names.receivers, faults),
    routes: readRoutes(part("routes") ?? [], ["alerting", "routes"], names, faults, 1),
    muteTimings: readMuteTimings(part("muteTimings"), faults),
    groupBy: readGroupBy(part("groupBy"), faults),
    thresholds: readThresholds(part("thresholds"), faults),
  };
  const at = ["alerting", "deadMansSwitch"];
  const deadMansSwitch = readUrlTarget(part("deadMansSwitch"), at, faults);
  if (shape === undefined || receivers === undefined || defaultReceiver === undefined)
    return undefined;
  const rules = shape.rulesFile === undefined ? undefined : rulesFile(shape.rulesFile, io, faults);
  return {
    evaluator: shape.evaluator ?? "grafana",
    receivers,
    defaultReceiver,
    ...parts,
    timing: {
      groupWait: shape.groupWait ?? "30s",
      groupInterval: shape.groupInterval ?? "5m",
      repeatInterval: shape.repeatInterval ?? "4h",
    },
    runbooksUrl: shape.runbooksUrl ?? RUNBOOKS_URL,
    ...(deadMansSwitch === undefined ? {} : { deadMansSwitch }),
    ...(rules === undefined ? {} : { rulesFile: rules }),
  };
}

function pickDefault(raw: unknown, names: string[], faults: Faults): string | undefined {
  const path = ["alerting", "defaultReceiver"];
  if (raw === undefined && names.length > 1) {
    faults.value(path, raw, names.join(" or "), "say which receiver gets what no route takes");
  }
  if (raw === undefined) return names.length === 1 ? names[0] : undefined;
  if (receiverName(raw) !== undefined) return undefined;
  checkReceiver(raw as string, path, names, faults);
  return raw as string;
}

function readRoutes(
  raw: unknown,
  path: ConfigPath,
  names: Names,
  faults: Faults,
  depth: number,
): AlertmanagerRoute[] {
  if (!Array.isArray(raw) || depth > DEEPEST_ROUTE) {
    const allowed = `a list of Alertmanager routes, at most ${DEEPEST_ROUTE} levels deep`;
    faults.value(path, raw, allowed, "write a list of routes as in alertmanager.yml");
    return [];
  }
  for (const [index, route] of (raw as unknown[]).entries()) {
    const at = [...path, index];
    read(shapes.route, route, at, faults);
    const receiver = member(route, "receiver");
    if (typeof receiver === "string") {
      checkReceiver(receiver, [...at, "receiver"], names.receivers, faults);
    }
    for (const key of ["mute_time_intervals", "active_time_intervals"]) {
      checkTimings(member(route, key), [...at, key], names.muteTimings, faults);
    }
    const children = member(route, "routes");
    if (Array.isArray(children)) readRoutes(children, [...at, "routes"], names, faults, depth + 1);
  }
  return raw as AlertmanagerRoute[];
}

/** amtool judges the rest; a name of ours it would call undefined without a word of where to define it. */
function checkTimings(raw: unknown, path: ConfigPath, names: string[], faults: Faults): void {
  const list: unknown[] = Array.isArray(raw) ? raw : [];
  for (const [index, name] of list.entries()) {
    if (typeof name !== "string" || names.includes(name)) continue;
    const allowed = names.length === 0 ? "none: there are no muteTimings" : names.join(" or ");
    const fix = "name a mute timing of alerting.muteTimings, or add this one there";
    faults.value([...path, index], name, allowed, fix);
  }
}
