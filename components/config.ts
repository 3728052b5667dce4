/** The only reader of Pulumi's config: plain values through the parser, secrets as Outputs. */
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { CommonConfig, ConfigIo, CoreConfig, FleetConfig, StackConfig } from "./config/schema";
import { ConfigError, parseStackConfig } from "./config/schema";
import { secretRefs } from "./config/secret-refs";
import { ADMIN_PASSWORD } from "./config/secrets";

/** Prefix of the config keys. */
export const NAMESPACE = "flower-monitoring";

/** Secrets by the config keys that hold them. */
type Secrets = Record<string, pulumi.Output<string>>;

/** What must not be readable in state, logs or files; each is a secret Output. */
export interface StackSecrets {
  /** What the Grafana provider logs in with: `admin:password` of our own, or what `grafana.authSecret` holds. */
  grafanaAuth: pulumi.Output<string>;
  /** Of a Grafana of our own. */
  grafanaAdminPassword?: pulumi.Output<string>;
  /** What receivers need: URLs, keys, passwords. */
  alerting: Secrets;
  /** What sessions may have to say: passphrase and sudo passwords. */
  ssh: Secrets;
}

/** A stack with the federation's hosts. */
export interface FleetStack {
  config: FleetConfig;
  secrets: Pick<StackSecrets, "ssh">;
}

/** A stack with the monitoring VM. */
export interface CoreStack {
  config: CoreConfig;
  secrets: StackSecrets;
}

/** What a stack is made of, by its scope. */
export type LoadedStack =
  | ({ scope: "all" } & FleetStack & CoreStack)
  | ({ scope: "core"; fleetStack: string } & CoreStack)
  | ({ scope: "fleet" } & FleetStack);

/**
 * Reads and checks the stack's config. Works in a program that the CLI runs and in an inline program
 * of the Automation API.
 *
 * Relative paths in the config start at the project directory, which is the first of: `projectDir`,
 * `$FLOWER_MONITORING_PROJECT_DIR`, the directory of Pulumi.yaml as the CLI names it, the working
 * directory. An inline program runs in its caller's process, where no CLI names it: set one of the
 * first two there.
 *
 * @throws pulumi.RunError with all faults, so that the user sees the report and no stack trace
 */
export function loadConfig(options: { projectDir?: string } = {}): LoadedStack {
  const source = new pulumi.Config(NAMESPACE);
  const raw = rawValues(source);
  const secretKeys = new Set(Object.keys(raw).filter((key) => isSecret(key)));
  const io = diskIo(projectDirectory(options.projectDir));
  const config = parse(raw, io, secretKeys);
  // ssh would make it in the same way, but the socket is bound before that.
  if (config.scope !== "fleet" && config.monitoring.docker.kind === "ssh") {
    mkdirSync(config.ssh.controlDirectory, { recursive: true, mode: 0o700 });
  }
  const { scope } = config;
  if (scope !== "fleet") warnOfSkippedCheckpoints();
  switch (scope) {
    case "all":
      return { scope, config, secrets: secretsOf(source, config, config.hosts) };
    case "core": {
      const { fleetStack } = config;
      return { scope, fleetStack, config, secrets: secretsOf(source, config, []) };
    }
    case "fleet":
      return { scope, config, secrets: { ssh: sshSecrets(source, config, config.hosts) } };
  }
}

/** Hosts can be installed once more where a killed run has lost the state; containers cannot. */
function warnOfSkippedCheckpoints(): void {
  if (!/^(1|true)$/i.test(process.env["PULUMI_SKIP_CHECKPOINTS"] ?? "")) return;
  void pulumi.log.warn(
    "PULUMI_SKIP_CHECKPOINTS is set: were this run killed, the next one would not know what it made on " +
      "the monitoring VM, and be refused names that are in use. Unset it here; it is for stacks with " +
      "scope: fleet (docs/scaling.md).",
  );
}

function parse(
  raw: Record<string, unknown>,
  io: ConfigIo,
  secretKeys: ReadonlySet<string>,
): StackConfig {
  try {
    return parseStackConfig(raw, io, secretKeys);
  } catch (error) {
    if (error instanceof ConfigError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** Every key of the namespace; maps and lists decoded, scalars as Pulumi keeps them: as text. */
function rawValues(source: pulumi.Config): Record<string, unknown> {
  const prefix = `${NAMESPACE}:`;
  const keys = Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  return Object.fromEntries(keys.map((key) => [key, valueOf(source, key)]));
}

function valueOf(source: pulumi.Config, key: string): unknown {
  const text = source.get(key);
  return text === undefined ? text : decoded(text);
}

/** A value as Pulumi keeps it: maps and lists as JSON. */
function decoded(text: string): unknown {
  // Everything else is a scalar: `12345678901234` is a password, not a number.
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON, so it is a text that starts like it. The parser's error would quote it, secret or not.
    return text;
  }
}

/**
 * Whether a key was set with `--secret`. `Config` only tells by a method that is marked internal:
 * `getSecret` calls everything secret. A test with the pinned SDK fails when the method moves.
 */
function isSecret(key: string): boolean {
  const runtime = pulumi.runtime as unknown as { isConfigSecret?: (key: string) => boolean };
  if (runtime.isConfigSecret === undefined) {
    throw new Error("this version of @pulumi/pulumi does not tell which config keys are secret");
  }
  return runtime.isConfigSecret(`${NAMESPACE}:${key}`);
}

function projectDirectory(given: string | undefined): string {
  const named = given ?? process.env.FLOWER_MONITORING_PROJECT_DIR;
  if (named !== undefined && named !== "") return resolve(named);
  // Outside the CLI the SDK answers with a placeholder that is no path.
  const root = pulumi.getRootDirectory();
  return isAbsolute(root) ? root : process.cwd();
}

/** The disk, for relative paths from a project directory. */
export function diskIo(projectDir: string): ConfigIo {
  return {
    projectDir,
    home: homedir(),
    readFile: (path) => attempt(() => readFileSync(path, "utf8")),
    isFile: (path) => attempt(() => statSync(path).isFile()) ?? false,
    isDirectory: (path) => attempt(() => statSync(path).isDirectory()) ?? false,
  };
}

/** A file that is missing or closed to us is an answer, not an error: the parser reports it. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function secretsOf(source: pulumi.Config, config: CoreConfig, hosts: Hosts): StackSecrets {
  return {
    ...grafanaSecretsOf(source, config),
    alerting: named(
      source,
      secretRefs(config.alerting).map(({ key }) => key),
    ),
    ssh: sshSecrets(source, config, hosts),
  };
}

function grafanaSecretsOf(
  source: pulumi.Config,
  { grafana }: CoreConfig,
): Pick<StackSecrets, "grafanaAuth" | "grafanaAdminPassword"> {
  if (grafana !== undefined) return { grafanaAuth: source.requireSecret(grafana.authSecret) };
  const password = source.requireSecret(ADMIN_PASSWORD);
  return {
    grafanaAuth: pulumi.interpolate`admin:${password}`,
    grafanaAdminPassword: password,
  };
}

type Hosts = FleetConfig["hosts"];

function sshSecrets(source: pulumi.Config, { ssh }: CommonConfig, hosts: Hosts): Secrets {
  const ofHosts = hosts.map(({ sudoPasswordSecret }) => sudoPasswordSecret);
  return named(source, [ssh.passphraseSecret, ...ofHosts]);
}

function named(source: pulumi.Config, keys: (string | undefined)[]): Secrets {
  const given = [...new Set(keys)].filter((key) => key !== undefined);
  return Object.fromEntries(given.map((key) => [key, source.requireSecret(key)]));
}

/** Values of a stack's config as the Automation API gives them. */
export type ConfigValues = Record<string, { value: string; secret?: boolean }>;

/**
 * The same outside a program, for tools that look at a stack.
 * @param unpinned see {@link ConfigIo.unpinned}
 * @returns the secrets in plain, by their keys: to be handed on and never shown
 * @throws ConfigError with all faults
 */
export function readConfig(
  values: ConfigValues,
  options: { projectDir: string; unpinned: boolean },
): { config: StackConfig; secrets: Record<string, string> } {
  const { raw, secrets } = split(values);
  const io = { ...diskIo(options.projectDir), unpinned: options.unpinned };
  return { config: parseStackConfig(raw, io, new Set(Object.keys(secrets))), secrets };
}

/**
 * The same for who has the stack's file and no more, to render what does not depend on secrets, or on
 * files of the machine that deploys.
 * @throws ConfigError with all faults but those of secrets that are missing or not what they should be
 */
export function readWithoutSecrets(values: ConfigValues, projectDir: string): StackConfig {
  const { raw, secrets } = split(values);
  const io = { ...diskIo(projectDir), unpinned: true, lenient: true };
  return parseStackConfig(raw, io, new Set(Object.keys(secrets)), { unread: true });
}

function split(values: ConfigValues): {
  raw: Record<string, unknown>;
  secrets: Record<string, string>;
} {
  const prefix = `${NAMESPACE}:`;
  const ours = Object.entries(values)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  const secret = ours.filter(([, value]) => value.secret === true);
  return {
    raw: Object.fromEntries(ours.map(([key, { value }]) => [key, decoded(value)])),
    secrets: Object.fromEntries(secret.map(([key, { value }]) => [key, value])),
  };
}
