/** A stack's config, read through the Automation API as the plain `pulumi config` would. */
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { type ConfigValues, readConfig } from "../components/config";
import type { CoreConfig, FleetConfig, StackConfig } from "../components/config/schema";
import { UsageError } from "./errors";

/** Which stack, and where its files are. */
export interface StackAt {
  stack: string;
  /** Directory of Pulumi.yaml and Pulumi.<stack>.yaml, absolute. */
  projectDir: string;
}

/** What a stack's config says. */
export interface StackView {
  config: StackConfig;
  /** In plain, by config key: to be handed to a session and never shown. */
  secrets: Record<string, string>;
}

/** The stack's part with the federation's hosts, where it has that. */
export function fleetOf(config: StackConfig): FleetConfig | undefined {
  return config.scope === "core" ? undefined : config;
}

/** The stack's part with the monitoring VM, where it has that. */
export function coreOf(config: StackConfig): CoreConfig | undefined {
  return config.scope === "fleet" ? undefined : config;
}

/**
 * @param unpinned whether hosts without a pinned key are let through, to say what to pin
 * @throws UsageError when there is no such stack, or its secrets cannot be decrypted
 * @throws ConfigError with all faults of the config
 */
export async function viewStack(at: StackAt, unpinned: boolean): Promise<StackView> {
  return readConfig(await configValues(at), { projectDir: at.projectDir, unpinned });
}

async function configValues({ stack, projectDir }: StackAt): Promise<ConfigValues> {
  try {
    const workspace = await LocalWorkspace.create({ workDir: projectDir });
    return await workspace.getAllConfig(stack);
  } catch (error) {
    throw explained(error, { stack, projectDir });
  }
}

/** Pulumi's own words for the usual mistakes, with what to do; any other error as it is. */
export function explained(error: unknown, { stack, projectDir }: StackAt): Error {
  const words = error instanceof Error ? error.message : String(error);
  if (/ENOENT|not found in PATH|Failed to get Pulumi version/.test(words)) {
    return new UsageError(
      `pulumi: got no such command on PATH; allowed: Pulumi's CLI 3.259.0 or newer; do: install it, or add its directory to PATH`,
    );
  }
  if (/no stack named|stack .* not found/i.test(words)) {
    return new UsageError(
      `--stack: got "${stack}"; allowed: a stack of the project in ${projectDir}; do: pulumi stack ls shows them, pulumi stack init ${stack} makes it`,
    );
  }
  if (/no Pulumi\.yaml|no project file/i.test(words)) {
    return new UsageError(
      `--cwd: got ${projectDir}; allowed: a directory with Pulumi.yaml; do: name the project's own`,
    );
  }
  if (/passphrase/i.test(words)) {
    return new UsageError(
      `PULUMI_CONFIG_PASSPHRASE: got nothing, or another passphrase; allowed: that of the stack ${stack}; do: set it, or PULUMI_CONFIG_PASSPHRASE_FILE`,
    );
  }
  return error instanceof Error ? error : new Error(words);
}
