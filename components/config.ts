/** The only reader of Pulumi's config: plain values through the parser, secrets as Outputs. */
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ConfigIo, StackConfig } from "./config/schema";
import { ConfigError, parseStackConfig } from "./config/schema";
import { secretRefs } from "./config/secret-refs";
import { ADMIN_PASSWORD } from "./config/secrets";

const NAMESPACE = "flower-monitoring";

/** What must not be readable in state, logs or files; each is a secret Output. */
export interface StackSecrets {
  grafanaAdminPassword: pulumi.Output<string>;
  /** What receivers need (URLs, keys, passwords), by the config key that holds it. */
  alerting: Record<string, pulumi.Output<string>>;
  /** What sessions may have to say: passphrase and sudo passwords, by the names of their config keys. */
  ssh: Record<string, pulumi.Output<string>>;
}

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
export function loadConfig(options: { projectDir?: string } = {}): {
  config: StackConfig;
  secrets: StackSecrets;
} {
  const source = new pulumi.Config(NAMESPACE);
  const raw = rawValues(source);
  const secretKeys = new Set(Object.keys(raw).filter((key) => isSecret(key)));
  const io = diskIo(projectDirectory(options.projectDir));
  const config = parse(raw, io, secretKeys);
  // ssh would make it in the same way, but the socket is bound before that.
  if (config.monitoring.docker.kind === "ssh") {
    mkdirSync(config.ssh.controlDirectory, { recursive: true, mode: 0o700 });
  }
  return { config, secrets: secretsOf(config, source) };
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

function diskIo(projectDir: string): ConfigIo {
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

function secretsOf(config: StackConfig, source: pulumi.Config): StackSecrets {
  const named = (keys: (string | undefined)[]): Record<string, pulumi.Output<string>> =>
    Object.fromEntries(
      [...new Set(keys)]
        .filter((key) => key !== undefined)
        .map((key) => [key, source.requireSecret(key)]),
    );
  return {
    grafanaAdminPassword: source.requireSecret(ADMIN_PASSWORD),
    alerting: named(secretRefs(config.alerting).map(({ key }) => key)),
    ssh: named([
      config.ssh.passphraseSecret,
      ...config.hosts.map((host) => host.sudoPasswordSecret),
    ]),
  };
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
  const prefix = `${NAMESPACE}:`;
  const ours = Object.entries(values)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  const raw = Object.fromEntries(ours.map(([key, { value }]) => [key, decoded(value)]));
  const secret = ours.filter(([, value]) => value.secret === true);
  const io = { ...diskIo(options.projectDir), unpinned: options.unpinned };
  return {
    config: parseStackConfig(raw, io, new Set(secret.map(([key]) => key))),
    secrets: Object.fromEntries(secret.map(([key, { value }]) => [key, value])),
  };
}
