/** Pulumi.staging.example.yaml and Pulumi.production.example.yaml, and the secrets that they name. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

export const ROOT = resolve(__dirname, "../..");

/** Words that fit. */
export const EXAMPLE_SECRETS: Record<string, string> = {
  grafanaAdminPassword: "correct-horse-battery",
  sudoPassword: "seven-cold-herons",
  slackUrl: "https://hooks.slack.example/T0/1",
  smtpPassword: "nine-warm-geese",
  deadMansUrl: "https://ping.example/1",
};

/** The settings of an example, without their namespace. */
export function exampleSettings(name: string): Record<string, unknown> {
  const text = readFileSync(join(ROOT, `Pulumi.${name}.example.yaml`), "utf8");
  const { config } = parse(text) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("flower-monitoring:", ""), value]),
  );
}

/** Keys of the secrets that those settings need. */
export function exampleSecrets(settings: Record<string, unknown>): string[] {
  const text = JSON.stringify(settings);
  return Object.keys(EXAMPLE_SECRETS).filter(
    (key) => key === "grafanaAdminPassword" || text.includes(`"${key}"`),
  );
}
