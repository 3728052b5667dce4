/** Receivers, routes and who takes an alert that no route takes. */
import type { ConfigPath, Faults } from "./faults";
import { rulesFile } from "./files";
import type { ConfigIo } from "./files";
import { member } from "./hosts";
import type { AlertingConfig, AlertmanagerRoute, ReceiverConfig } from "./schema";
import { read, shapes } from "./shapes";
import { receiverName } from "./values";

/** Deeper trees are a mistake, and an endless one must not end the parser. */
const DEEPEST_ROUTE = 20;

/** Where this repository's runbooks are read; a team with a copy of its own names it. */
const RUNBOOKS_URL =
  "https://github.com/flower-monitoring/flower-monitoring/blob/main/docs/runbooks.md";

/** @returns the section, or undefined after its faults were added. */
export function readAlerting(
  raw: unknown,
  io: ConfigIo,
  faults: Faults,
): AlertingConfig | undefined {
  const shape = read(shapes.alerting, raw, ["alerting"], faults);
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return undefined;
  const receivers = readReceivers(member(raw, "receivers"), faults);
  const names = receiverNames(member(raw, "receivers"));
  const defaultReceiver = pickDefault(member(raw, "defaultReceiver"), names, faults);
  const routes = readRoutes(member(raw, "routes") ?? [], ["alerting", "routes"], names, faults, 1);
  if (shape === undefined || receivers === undefined || defaultReceiver === undefined)
    return undefined;
  const rules = shape.rulesFile === undefined ? undefined : rulesFile(shape.rulesFile, io, faults);
  return {
    evaluator: shape.evaluator ?? "grafana",
    receivers,
    defaultReceiver,
    routes,
    timing: {
      groupWait: shape.groupWait ?? "30s",
      groupInterval: shape.groupInterval ?? "5m",
      repeatInterval: shape.repeatInterval ?? "4h",
    },
    runbooksUrl: shape.runbooksUrl ?? RUNBOOKS_URL,
    ...(rules === undefined ? {} : { rulesFile: rules }),
  };
}

function readReceivers(raw: unknown, faults: Faults): ReceiverConfig[] | undefined {
  const path = ["alerting", "receivers"];
  if (!Array.isArray(raw) || raw.length === 0) {
    faults.value(
      path,
      raw,
      "a list of one receiver or more",
      "add one: an alert without receiver reaches nobody",
    );
    return undefined;
  }
  const seen = new Set<string>();
  const receivers: ReceiverConfig[] = [];
  for (const [index, entry] of (raw as unknown[]).entries()) {
    const receiver = read(shapes.receiver, entry, [...path, index], faults);
    const webhook = receiver && oneTarget(receiver.webhook);
    checkTarget(member(entry, "webhook"), [...path, index, "webhook"], faults);
    const name = member(entry, "name");
    if (typeof name === "string" && seen.has(name)) {
      faults.value(
        [...path, index, "name"],
        name,
        "a name that no other receiver has",
        "rename one of the two",
      );
    } else if (typeof name === "string") seen.add(name);
    if (receiver !== undefined && webhook !== undefined) {
      receivers.push({ name: receiver.name, webhook });
    }
  }
  return receivers;
}

function oneTarget(webhook: {
  url?: string;
  urlSecret?: string;
}): ReceiverConfig["webhook"] | undefined {
  if (webhook.url !== undefined) return { url: webhook.url };
  return webhook.urlSecret === undefined ? undefined : { urlSecret: webhook.urlSecret };
}

function checkTarget(webhook: unknown, path: ConfigPath, faults: Faults): void {
  if (typeof webhook !== "object" || webhook === null || Array.isArray(webhook)) return;
  const given = ["url", "urlSecret"].filter((key) => member(webhook, key) !== undefined);
  if (given.length === 1) return;
  const fix =
    "write url where the URL holds no secret, else urlSecret with the name of a secret config key";
  const got = given.length === 0 ? "neither url nor urlSecret" : "both url and urlSecret";
  faults.text(path, got, "exactly one of url and urlSecret", fix);
}

function receiverNames(raw: unknown): string[] {
  const entries: unknown[] = Array.isArray(raw) ? raw : [];
  const names = entries.map((entry) => member(entry, "name"));
  return names.filter((name): name is string => receiverName(name) === undefined);
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

/** Without one right receiver there is nothing to compare with, and that fault is reported. */
function checkReceiver(name: string, path: ConfigPath, names: string[], faults: Faults): void {
  if (names.length === 0 || names.includes(name)) return;
  faults.value(
    path,
    name,
    names.join(" or "),
    "name a receiver of alerting.receivers, or add this one there",
  );
}

function readRoutes(
  raw: unknown,
  path: ConfigPath,
  names: string[],
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
    if (typeof receiver === "string") checkReceiver(receiver, [...at, "receiver"], names, faults);
    const children = member(route, "routes");
    if (Array.isArray(children)) readRoutes(children, [...at, "routes"], names, faults, depth + 1);
  }
  return raw as AlertmanagerRoute[];
}
