/** Everything that the program renders for a stack, as files of one folder. */
import type { ConfigValues } from "../../components/config";
import { NAMESPACE, readWithoutSecrets } from "../../components/config";
import type { CoreConfig, FleetConfig, StackConfig } from "../../components/config/schema";
import type { ConfigFile } from "../../components/render/config-push";
import { UsageError } from "../errors";
import { coreOf, fleetOf, type StackAt } from "../stack";
import { exportCore, targetFiles } from "./core";
import { exportFleet, type FleetExport, json } from "./hosts";
import { stackFile } from "./stack-file";

/** The form of stack.json, which also marks a folder as an export. A contract; fields are only added. */
export interface ExportedStack {
  version: 1;
  stack: string;
  scope: StackConfig["scope"];
  federation: string;
  /** With scope core: the stack that has the hosts. */
  fleetStack?: string;
  /** Who evaluates the alert rules in the stack itself. */
  evaluator?: string;
  /** How the monitoring VM's Docker is reached. */
  docker?: string;
  retainData?: boolean;
  /** A Grafana that is there already. */
  grafana?: Omit<NonNullable<CoreConfig["grafana"]>, "authSecret">;
  /** Another one has every host looked at. */
  repair?: string;
  /** Seconds that an `up` goes on trying a host that does not answer. */
  waitSeconds: number;
  /** Config keys that hold secrets: names, never values. */
  secrets: string[];
  /** What the stack carries to hosts and is not on this machine; hosts are shown as though they download it. */
  missing: string[];
}

export interface Exported {
  about: ExportedStack;
  files: ConfigFile[];
}

/**
 * From the stack's file alone, and with scope core that of the stack with the hosts.
 * @throws UsageError when there is no such file
 * @throws ConfigError with all faults of it
 */
export function exportStack({ stack, projectDir }: StackAt): Exported {
  const values = stackFile({ stack, projectDir });
  const config = readWithoutSecrets(values, projectDir);
  const hosts = config.scope === "core" ? referred(config.fleetStack, projectDir) : config;
  const about = aboutStack(stack, config, values, missing(values, fleetOf(config)));
  const fleet = exportFleet(hosts);
  const core = coreOf(config);
  const own = config.scope === "core" ? [] : fleet.files;
  return { about, files: sorted([stackJson(about), ...own, ...ofCore(core, fleet)]) };
}

function ofCore(core: CoreConfig | undefined, fleet: FleetExport): ConfigFile[] {
  return core === undefined ? targetFiles(fleet.targets) : exportCore(core, fleet);
}

/** The stack with the hosts, by its file: its outputs would take an engine and a passphrase. */
function referred(stack: string, projectDir: string): FleetConfig {
  const fleet = fleetOf(readWithoutSecrets(stackFile({ stack, projectDir }), projectDir));
  if (fleet !== undefined) return fleet;
  throw new UsageError(
    `fleetStack: got "${stack}", which has no hosts; allowed: a stack with scope: fleet; do: correct the name`,
  );
}

function aboutStack(
  stack: string,
  config: StackConfig,
  values: ConfigValues,
  absent: string[],
): ExportedStack {
  const core = coreOf(config);
  const fleet = fleetOf(config);
  return {
    version: 1,
    ...{ stack, scope: config.scope, federation: config.federation },
    ...(config.scope === "core" ? { fleetStack: config.fleetStack } : {}),
    ...(core === undefined
      ? {}
      : {
          evaluator: core.alerting.evaluator,
          docker: core.monitoring.docker.url,
          retainData: core.retainData,
        }),
    ...(core?.grafana === undefined ? {} : { grafana: withoutSecret(core.grafana) }),
    ...(fleet?.repair === undefined ? {} : { repair: fleet.repair }),
    waitSeconds: config.ssh.waitSeconds,
    secrets: secretKeys(values),
    missing: absent,
  };
}

function withoutSecret({ authSecret: _, ...rest }: NonNullable<CoreConfig["grafana"]>) {
  return rest;
}

function secretKeys(values: ConfigValues): string[] {
  return Object.entries(values)
    .filter(([, { secret }]) => secret === true)
    .map(([key]) => key.replace(`${NAMESPACE}:`, ""))
    .sort();
}

function missing(values: ConfigValues, fleet: FleetConfig | undefined): string[] {
  const given = JSON.parse(values[`${NAMESPACE}:artifacts`]?.value ?? "{}") as object;
  const found = Object.keys(fleet?.artifacts ?? {});
  return Object.keys(given)
    .filter((key) => !found.includes(key))
    .map((key) => `artifacts.${key}`)
    .sort();
}

function stackJson(about: ExportedStack): ConfigFile {
  return { path: STACK_JSON, content: json(about) };
}

/** In every export, and in nothing else. */
export const STACK_JSON = "stack.json";

function sorted(files: ConfigFile[]): ConfigFile[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
}
