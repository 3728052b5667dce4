/** A stack's file without Pulumi: what is written in plain is read, secrets are known by their names alone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { type ConfigValues, NAMESPACE } from "../../components/config";
import { UsageError } from "../errors";
import type { StackAt } from "../stack";

type Map = Record<string, unknown>;

/** What stands for a secret. Nobody sees it: the parser takes no key that has one. */
const SECRET = "[secret]";

/**
 * The values that Pulumi would give the program, as far as they can be read without its passphrase:
 * those of Pulumi.<stack>.yaml, and the defaults of Pulumi.yaml.
 *
 * @throws UsageError when there is no such file, or it is no map of keys
 */
export function stackFile({ stack, projectDir }: StackAt): ConfigValues {
  const project = projectOf(projectDir);
  const directory = join(projectDir, text(project["stackConfigDir"]) ?? "");
  // A stack of another organization or project: its file has the last part of the name.
  const name = `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`;
  const own = yaml(join(directory, name), stack);
  return {
    ...values(project["config"], defaultOf),
    ...values(own["config"], (value) => value),
  };
}

function projectOf(projectDir: string): Map {
  try {
    return yaml(join(projectDir, "Pulumi.yaml"), "");
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      `--cwd: got ${projectDir}; allowed: a directory with Pulumi.yaml; do: name the project's own`,
    );
  }
}

function yaml(path: string, stack: string): Map {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch {
    throw new UsageError(
      `--stack: got "${stack}", and there is no ${path}; allowed: a stack with a file there; do: name another one, or its directory with --cwd`,
    );
  }
  try {
    const read: unknown = parse(content) ?? {};
    if (isMap(read)) return read;
  } catch (error) {
    // Its message quotes the file, where somebody may have put a password.
    if (!(error instanceof YAMLParseError)) throw error;
    const at = error.linePos?.[0].line;
    throw notYaml(path, at === undefined ? "" : `, line ${at}`);
  }
  throw notYaml(path, "");
}

function notYaml(path: string, where: string): UsageError {
  return new UsageError(
    `${path}${where}: got no YAML map; allowed: a stack's file; do: compare it with Pulumi.dev.yaml`,
  );
}

/** A key of Pulumi.yaml is declared with a type and a default, or has a value for all stacks. */
function defaultOf(value: unknown): unknown {
  if (!isMap(value)) return value;
  return value["value"] ?? value["default"];
}

function values(config: unknown, valueOf: (value: unknown) => unknown): ConfigValues {
  if (!isMap(config)) return {};
  const entries = Object.entries(config).flatMap(([key, declared]) => {
    const value = valueOf(declared);
    const name = key.includes(":") ? key : `${NAMESPACE}:${key}`;
    return value === undefined || value === null ? [] : [[name, asPulumi(value)] as const];
  });
  return Object.fromEntries(entries);
}

/** As the Automation API has it: scalars as text, the rest as JSON. */
function asPulumi(value: unknown): ConfigValues[string] {
  const secret = isSecret(value);
  if (secret) return { value: SECRET, secret };
  return { value: typeof value === "string" ? value : JSON.stringify(value), secret };
}

/** Whether a ciphertext is in it, at any depth. */
function isSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isSecret);
  if (!isMap(value)) return false;
  return typeof value["secure"] === "string" || Object.values(value).some(isSecret);
}

function isMap(value: unknown): value is Map {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
