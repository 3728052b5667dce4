/** The part of a stack that has the monitoring VM. Pure. */
import { readAlerting } from "./alerting";
import { DEFAULTS } from "./defaults";
import { durationSeconds } from "./durations";
import type { Faults } from "./faults";
import type { ConfigIo } from "./files";
import type { CommonParts } from "./fleet";
import { readGrafana } from "./grafana";
import type { HostView } from "./hosts";
import { member } from "./hosts";
import { readMonitoring } from "./monitoring";
import { readPlatform } from "./platform";
import type { CommonConfig, CoreConfig } from "./schema";
import type { Scope } from "./scope";
import { read, shapes } from "./shapes";

/** @returns what is the VM's alone, or undefined after its faults were added */
export function readCore(
  raw: Readonly<Record<string, unknown>>,
  scope: Scope,
  { context, ssh, views }: CommonParts,
  io: ConfigIo,
  faults: Faults,
): Omit<CoreConfig, keyof CommonConfig> | undefined {
  const scrapeInterval = read(
    shapes.scrapeInterval,
    raw.scrapeInterval ?? DEFAULTS.scrapeInterval,
    ["scrapeInterval"],
    faults,
  );
  const retention = read(
    shapes.retention,
    raw.retention ?? DEFAULTS.retention,
    ["retention"],
    faults,
  );
  const retainData = read(
    shapes.retainData,
    raw.retainData ?? DEFAULTS.retainData,
    ["retainData"],
    faults,
  );
  const monitoring = readMonitoring(raw.monitoring, ssh, views, context, faults);
  const grafana = readGrafana(raw.grafana, faults);
  const platform = readPlatform(raw.platform, faults);
  const sites = scope === "core" ? undefined : sitesOf(views);
  const alerting = readAlerting(raw.alerting, sites, io, faults);
  if (
    scrapeInterval === undefined ||
    retention === undefined ||
    retainData === undefined ||
    monitoring === undefined ||
    alerting === undefined ||
    platform === undefined
  ) {
    return undefined;
  }
  return {
    scrapeInterval,
    scrapeIntervalSeconds: durationSeconds(scrapeInterval) ?? 0,
    retention,
    retainData: String(retainData) === "true",
    monitoring,
    alerting,
    platform,
    ...(grafana === undefined ? {} : { grafana }),
  };
}

function sitesOf(views: readonly HostView[]): string[] {
  const sites = views.map(({ raw }) => member(member(raw, "labels"), "site"));
  return [...new Set(sites.filter((site) => typeof site === "string"))];
}
