/** From the raw config keys to a `StackConfig`, or to one error with everything that is wrong. Pure. */
import { readAlerting } from "./alerting";
import { checkExporterPorts, readContext } from "./context";
import { Faults } from "./faults";
import type { ConfigIo } from "./files";
import * as files from "./files";
import { durationSeconds } from "./durations";
import { readAccess } from "./access";
import { checkSupernodes, checkUnique, hostViews, readHost } from "./hosts";
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
  const images = read(shapes.images, raw.images ?? {}, ["images"], faults);
  const ssh = readAccess(raw.ssh ?? {}, io, faults);
  const views = hostViews(raw.superlink, raw.supernodes);
  checkSupernodes(raw.supernodes, faults);
  checkUnique(views, faults);
  checkExporterPorts(views, context, faults);
  const hosts = views.map((view) => readHost(view, ssh.access, String(hook) === "true", faults));
  const monitoring = readMonitoring(raw.monitoring, ssh, views, context, faults);
  const repair =
    raw.repair === undefined ? undefined : read(shapes.repair, raw.repair, ["repair"], faults);
  const alerting = readAlerting(raw.alerting, io, faults);
  const artifacts = read(shapes.artifacts, raw.artifacts ?? {}, ["artifacts"], faults);
  const carried = artifacts && files.artifacts(artifacts, io, faults);
  if (
    federation === undefined ||
    scrapeInterval === undefined ||
    retention === undefined ||
    retainData === undefined ||
    images === undefined ||
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
    images: {
      prometheus: images.prometheus ?? officialImages.prometheus,
      alertmanager: images.alertmanager ?? officialImages.alertmanager,
      grafana: images.grafana ?? officialImages.grafana,
    },
    artifacts: carried,
    ...(repair === undefined ? {} : { repair }),
  };
}
