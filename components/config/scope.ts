/** Which part of the program a stack runs, and which keys belong to it. Pure. */
import { DEFAULTS } from "./defaults";
import type { ConfigPath, Faults } from "./faults";
import { member } from "./hosts";
import { field, text } from "./fields";
import { read } from "./shapes";
import * as values from "./values";

/** The whole, or one of two stacks that are the whole together. */
export type Scope = "all" | "core" | "fleet";

type RawConfig = Readonly<Record<string, unknown>>;

/** What belongs to one of the two only; the rest both may have. */
const PARTS = {
  fleet: {
    keys: [
      ...["context", "hook", "dcgmProfiling", "superlink", "supernodes", "repair"],
      "artifacts",
    ],
    images: ["dcgmExporter"],
  },
  core: {
    keys: [
      ...[
        "scrapeInterval",
        "retention",
        "retainData",
        "monitoring",
        "alerting",
        "grafana",
        "platform",
      ],
      "grafanaAdminPassword",
    ],
    images: ["prometheus", "alertmanager", "grafana"],
  },
};

export const scopeShape = field<Scope>(
  values.oneOf(
    ["all", "core", "fleet"],
    "leave it out for one stack; docs/scaling.md says when two are better",
  ),
);

export const stackName = text(
  values.matching(
    /^[\w.-]{1,100}(\/[\w.-]{1,100}\/[\w.-]{1,100})?$/,
    "the name of the stack with scope: fleet, alone or as organization/project/stack",
    "write it as `pulumi stack ls` has it",
  ),
);

/** @returns undefined after a fault: nothing can be said then about the keys that belong to it */
export function readScope(raw: RawConfig, faults: Faults): Scope | undefined {
  return read(scopeShape, raw.scope ?? DEFAULTS.scope, ["scope"], faults);
}

/**
 * The keys that the scope has. Each of the other part's is a fault and left out, so that nothing more
 * is said about it. What Pulumi.yaml gives to every stack was said by nobody, and is only left out.
 */
export function keysOf(scope: Scope, raw: RawConfig, faults: Faults): RawConfig {
  if (scope === "all") return raw;
  const other = scope === "core" ? "fleet" : "core";
  const refuse = (path: ConfigPath, value: unknown): void =>
    faults.value(
      path,
      value,
      `nothing in a stack with scope: ${scope}`,
      `remove it here; it belongs into the file of the stack with scope: ${other}`,
    );
  const own: Record<string, unknown> = { ...raw };
  for (const key of PARTS[other].keys) {
    if (!Object.hasOwn(own, key)) continue;
    if (!isDefault(key, own[key])) refuse([key], own[key]);
    Reflect.deleteProperty(own, key);
  }
  const foreign = PARTS[other].images.filter((key) => member(raw.images, key) !== undefined);
  for (const key of foreign) refuse(["images", key], member(raw.images, key));
  if (foreign.length > 0) {
    const given = Object.entries(raw.images as object) as [string, unknown][];
    own.images = Object.fromEntries(given.filter(([key]) => !foreign.includes(key)));
  }
  return own;
}

function isDefault(key: string, value: unknown): boolean {
  const found = Object.entries(DEFAULTS).find(([name]) => name === key);
  return found !== undefined && String(found[1]) === String(value);
}

/** The stack that has the hosts: a stack with scope core names it, and no other. */
export function readFleetStack(raw: RawConfig, scope: Scope, faults: Faults): string | undefined {
  const path = ["fleetStack"];
  if (scope === "core") return read(stackName, raw.fleetStack, path, faults);
  if (raw.fleetStack !== undefined) {
    faults.value(
      path,
      raw.fleetStack,
      `nothing in a stack with scope: ${scope}, which has its hosts itself`,
      "remove it, or write scope: core where another stack has the hosts",
    );
  }
  return undefined;
}
