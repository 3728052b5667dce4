/** From the raw config keys to a `StackConfig`, or to one error with everything that is wrong. Pure. */
import { readAlerting } from "./alerting";
import { checkExporterPorts, readContext } from "./context";
import { Faults } from "./faults";
import type { ConfigIo } from "./files";
import * as files from "./files";
import { durationSeconds } from "./durations";
import { readAccess } from "./access";
import { dcgmImageName } from "./gpu";
import type { HostDefaults } from "./hosts";
import { checkSupernodes, checkUnique, hostViews, member, readHost } from "./hosts";
import { readMonitoring } from "./monitoring";
import type { StackConfig } from "./schema";
import { checkKnown, checkPlain, checkSecrets } from "./secrets";
import { read, shapes } from "./shapes";
import { officialImages } from "../versions";

/** The keys of the namespace `flower-monitoring` that hold no secret. */
export const CONFIG_KEYS = [
  "federation",
  "scrapeInterval",
  "retention",
  "retainData",
  "hook",
  "dcgmProfiling",
  "context",
  "ssh",
  "monitoring",
  "superlink",
  "supernodes",
  "repair",
  "alerting",
  "images",
  "artifacts",
] as const;

/** Defaults of the keys that Pulumi.yaml declares; a test holds the two together. */
export const DEFAULTS = {
  scrapeInterval: "15s",
  retention: "15d",
  retainData: true,
  hook: true,
  dcgmProfiling: false,
} as const;

/**
 * @param raw the keys of the namespace, without their prefix, secrets decrypted; maps and lists as
 *   such, not as JSON text
 * @param secretKeys the keys of `raw` that are secret. Without it nothing is known about secrets:
 *   they are not looked at, for tools that read a stack file without its passphrase.
 * @throws ConfigError with all faults; never with the value of a secret
 */
export function parseStackConfig(
  raw: Readonly<Record<string, unknown>>,
  io: ConfigIo,
  secretKeys?: ReadonlySet<string>,
): StackConfig {
  const faults = new Faults(secretTexts(raw, secretKeys), secretKeys);
  checkKnown(raw, CONFIG_KEYS, faults);
  if (secretKeys !== undefined) {
    checkPlain(CONFIG_KEYS, secretKeys, faults);
    checkSecrets(raw, secretKeys, faults);
  }
  const config = readAll(raw, io, faults);
  faults.throwIfAny();
  if (config === undefined) throw new Error("parseStackConfig refused a config without a fault");
  return config;
}

/** Texts that no report may hold: secrets, and each line and leaf of one that is a structure. */
function secretTexts(
  raw: Readonly<Record<string, unknown>>,
  secretKeys: ReadonlySet<string> | undefined,
): string[] {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
    else if (typeof value === "string") {
      texts.push(value, value.trim(), JSON.stringify(value).slice(1, -1), ...value.split(/\r?\n/));
    }
  };
  for (const key of secretKeys ?? []) if (Object.hasOwn(raw, key)) collect(raw[key]);
  return texts;
}

function readAll(
  raw: Readonly<Record<string, unknown>>,
  io: ConfigIo,
  faults: Faults,
): StackConfig | undefined {
  const federation = read(shapes.federation, raw.federation, ["federation"], faults);
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
  const hook = read(shapes.hook, raw.hook ?? DEFAULTS.hook, ["hook"], faults);
  const context = readContext(raw.context ?? {}, faults);
  const dcgmProfiling = read(
    shapes.dcgmProfiling,
    raw.dcgmProfiling ?? DEFAULTS.dcgmProfiling,
    ["dcgmProfiling"],
    faults,
  );
  const given = read(shapes.images, raw.images ?? {}, ["images"], faults);
  const images = { ...officialImages, ...given };
  const ssh = readAccess(raw.ssh ?? {}, io, faults);
  const views = hostViews(raw.superlink, raw.supernodes);
  checkSupernodes(raw.supernodes, faults);
  checkUnique(views, faults);
  checkExporterPorts(views, context, faults);
  const defaults: HostDefaults = {
    hook: String(hook) === "true",
    context,
    dcgmProfiling: String(dcgmProfiling) === "true",
    dcgmImage: dcgmImageName(images.dcgmExporter, member(raw.artifacts, "dcgmImage"), faults),
  };
  const hosts = views.map((view) => readHost(view, ssh.access, defaults, faults));
  const monitoring = readMonitoring(raw.monitoring, ssh, views, context, faults);
  const repair =
    raw.repair === undefined ? undefined : read(shapes.repair, raw.repair, ["repair"], faults);
  const sites = views.map(({ raw: host }) => member(member(host, "labels"), "site"));
  const known = sites.filter((site) => typeof site === "string");
  const alerting = readAlerting(raw.alerting, [...new Set(known)], io, faults);
  const artifacts = read(shapes.artifacts, raw.artifacts ?? {}, ["artifacts"], faults);
  const carried = artifacts && files.artifacts(artifacts, io, faults);
  if (
    federation === undefined ||
    scrapeInterval === undefined ||
    retention === undefined ||
    retainData === undefined ||
    given === undefined ||
    monitoring === undefined ||
    alerting === undefined ||
    carried === undefined
  ) {
    return undefined;
  }
  return {
    federation,
    scrapeInterval,
    scrapeIntervalSeconds: durationSeconds(scrapeInterval) ?? 0,
    retention,
    retainData: String(retainData) === "true",
    context,
    ssh: ssh.config,
    monitoring,
    hosts: hosts.filter((host) => host !== undefined),
    alerting,
    images,
    artifacts: carried,
    ...(repair === undefined ? {} : { repair }),
  };
}
