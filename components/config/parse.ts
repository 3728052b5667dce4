/** From the raw config keys to a `StackConfig`, or to one error with everything that is wrong. Pure. */
import { readAlerting } from "./alerting";
import { checkExporterPorts, readContext } from "./context";
import { Faults } from "./faults";
import type { ConfigIo } from "./files";
import * as files from "./files";
import { durationSeconds } from "./durations";
import { dcgmImageName } from "./gpu";
import type { HostDefaults, SshDefaults } from "./hosts";
import { checkSupernodes, checkUnique, hostViews, member, readHost } from "./hosts";
import { readMonitoring } from "./monitoring";
import type { SshConfig, StackConfig } from "./schema";
import { checkKnown, checkPlain, checkSecrets } from "./secrets";
import { read, shapes } from "./shapes";
import * as values from "./values";
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

const SSH_DEFAULTS = { user: "root", port: 22, knownHostsFile: "./known_hosts" } as const;

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
  const ssh = readSsh(raw.ssh ?? {}, io, faults);
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
  const hosts = views.map((view) => readHost(view, ssh.defaults, defaults, faults));
  const monitoring = readMonitoring(raw.monitoring, ssh.defaults, views, context, faults);
  const alerting = readAlerting(raw.alerting, io, faults);
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
  };
}

/** Uses what is right even when something else is wrong, so that hosts can still be checked. */
function readSsh(
  raw: unknown,
  io: ConfigIo,
  faults: Faults,
): { config: SshConfig; defaults: SshDefaults } {
  read(shapes.ssh, raw, ["ssh"], faults);
  const or = <T>(key: string, rule: values.Rule, fallback: T): T => {
    const value = member(raw, key);
    return rule(value) === undefined ? (value as T) : fallback;
  };
  const user = or<string>("user", values.userName, SSH_DEFAULTS.user);
  const port = or<number>("port", values.port, SSH_DEFAULTS.port);
  const known = or<string>("knownHostsFile", values.path, SSH_DEFAULTS.knownHostsFile);
  const knownHostsFile = files.absolute(known, io);
  const controlDirectory = files.absolute("~/.ssh", io);
  const config: SshConfig = { user, port, knownHostsFile, controlDirectory };
  const key = or<string | undefined>("privateKeyFile", values.path, undefined);
  if (key !== undefined) {
    const file = files.privateKeyFile(key, io, faults);
    if (file !== undefined) config.privateKeyFile = file;
  }
  const defaults: SshDefaults = { user, port, knownHostsFile };
  // A path that is wrong in itself was reported; looking for the default one would confuse.
  const given = member(raw, "knownHostsFile");
  if (given === undefined || values.path(given) === undefined) {
    const lines = files.knownHosts(knownHostsFile, io, faults);
    if (lines !== undefined) defaults.knownHosts = lines;
  }
  return { config, defaults };
}
