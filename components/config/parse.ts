/** From the raw config keys to a `StackConfig`, or to one error with everything that is wrong. Pure. */
import { readAccess } from "./access";
import { readContext } from "./context";
import { readCore } from "./core";
import { Faults } from "./faults";
import type { ConfigIo } from "./files";
import { readFleet } from "./fleet";
import { hostViews, member } from "./hosts";
import type { StackConfig } from "./schema";
import { keysOf, readFleetStack, readScope, type Scope } from "./scope";
import { checkKnown, checkPlain, checkSecrets } from "./secrets";
import { read, shapes } from "./shapes";
import { officialImages } from "../versions";

/** The keys of the namespace `flower-monitoring` that hold no secret. */
export const CONFIG_KEYS = [
  "federation",
  "scope",
  "fleetStack",
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
  "grafana",
  "platform",
  "images",
  "artifacts",
] as const;

type RawConfig = Readonly<Record<string, unknown>>;

/**
 * @param raw the keys of the namespace, without their prefix, secrets decrypted; maps and lists as
 *   such, not as JSON text
 * @param secretKeys the keys of `raw` that are secret. Without it nothing is known about secrets:
 *   they are not looked at, for tools that read a stack file without its passphrase.
 * @param options.unread whether the secrets of `raw` are not what they stand for, which keeps them from
 *   being looked at, but not from being refused where the program takes none
 * @throws ConfigError with all faults; never with the value of a secret
 */
export function parseStackConfig(
  raw: RawConfig,
  io: ConfigIo,
  secretKeys?: ReadonlySet<string>,
  { unread = false }: { unread?: boolean } = {},
): StackConfig {
  const faults = new Faults(secretTexts(raw, secretKeys), secretKeys);
  checkKnown(raw, CONFIG_KEYS, faults);
  if (secretKeys !== undefined) checkPlain(CONFIG_KEYS, secretKeys, faults);
  const scope = readScope(raw, faults);
  const config = scope && readScoped(raw, scope, io, faults, unread ? undefined : secretKeys);
  faults.throwIfAny();
  if (config === undefined) throw new Error("parseStackConfig refused a config without a fault");
  return config;
}

/** Texts that no report may hold: secrets, and each line and leaf of one that is a structure. */
function secretTexts(raw: RawConfig, secretKeys: ReadonlySet<string> | undefined): string[] {
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

function readScoped(
  all: RawConfig,
  scope: Scope,
  io: ConfigIo,
  faults: Faults,
  secretKeys: ReadonlySet<string> | undefined,
): StackConfig | undefined {
  const raw = keysOf(scope, all, faults);
  if (secretKeys !== undefined) checkSecrets(raw, scope, secretKeys, faults);
  const fleetStack = readFleetStack(raw, scope, faults);
  const federation = read(shapes.federation, raw.federation, ["federation"], faults);
  const context = readContext(raw.context ?? {}, faults);
  const given = read(shapes.images, raw.images ?? {}, ["images"], faults);
  const images = { ...officialImages, ...given };
  // The VM alone may be this machine, which is not logged in to.
  const sshUsed = scope !== "core" || !isUnixSocket(raw.monitoring);
  const ssh = readAccess(raw.ssh ?? {}, sshUsed, io, faults);
  const views = scope === "core" ? [] : hostViews(raw.superlink, raw.supernodes);
  const parts = { context, images, ssh, views };
  const fleet = scope === "core" ? undefined : readFleet(raw, parts, io, faults);
  const core = scope === "fleet" ? undefined : readCore(raw, scope, parts, io, faults);
  if (federation === undefined || given === undefined) return undefined;
  const common = { federation, ssh: ssh.config, images };
  switch (scope) {
    case "all":
      return fleet && core && { scope, ...common, ...fleet, ...core };
    case "core":
      return fleetStack === undefined
        ? undefined
        : core && { scope, fleetStack, ...common, ...core };
    case "fleet":
      return fleet && { scope, ...common, ...fleet };
  }
}

function isUnixSocket(monitoring: unknown): boolean {
  const docker = member(monitoring, "docker");
  return typeof docker === "string" && docker.startsWith("unix:");
}
