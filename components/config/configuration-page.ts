/** docs/configuration.md: the commented example, and every key with what it may be. Pure. */
import { officialImages } from "../versions";
import { SSH_DEFAULTS } from "./access";
import { CONTEXT_DEFAULTS } from "./context";
import { DEFAULTS } from "./defaults";
import { FOLDER } from "./grafana";
import { API_METRICS, SCRAPE_DEFAULTS } from "./platform";
import { stackFileSchema } from "./json-schema";
import { CONFIG_KEYS } from "./parse";
import { MONITORING_PORTS } from "./ports";
import type { JsonSchema } from "./rule";

type Schema = JsonSchema & {
  description?: string;
  default?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | false;
  items?: Schema;
};

type Scalar = string | number | boolean | undefined;

const yesNo = (value: boolean): string => (value ? "YES" : "NO");

/** What a key is where the stack does not say it; by path. Others are in the example's comments. */
const KNOWN_DEFAULTS: Record<string, Scalar> = {
  ...DEFAULTS,
  ...below("context", {
    FL_LOG_FORMAT: CONTEXT_DEFAULTS.logFormat,
    FL_METRICS_ENABLED: yesNo(CONTEXT_DEFAULTS.metricsEnabled),
    FL_METRICS_PORT: CONTEXT_DEFAULTS.metricsPort,
    FL_GPU_ENABLED: yesNo(CONTEXT_DEFAULTS.gpuEnabled),
    FL_DCGM_ENABLED: yesNo(CONTEXT_DEFAULTS.dcgmEnabled),
  }),
  ...below("ssh", SSH_DEFAULTS),
  ...below("monitoring.ports", MONITORING_PORTS),
  ...below("grafana.folder", FOLDER),
  ...below("platform.api", {
    ...SCRAPE_DEFAULTS,
    requestsMetric: API_METRICS.requests,
    statusLabel: API_METRICS.statusLabel,
    durationMetric: API_METRICS.duration,
  }),
  ...below("platform.mongodb", SCRAPE_DEFAULTS),
  // Without the digest, which would make the table as wide as a page.
  ...below(
    "images",
    Object.fromEntries(
      Object.entries(officialImages).map(([name, image]) => [name, image.split("@")[0]]),
    ),
  ),
};

/** What no stack can do without, beyond what the schema requires: a core has no hosts, a fleet no VM. */
export const NEEDED = ["federation", "monitoring.docker", "supernodes", "alerting.receivers"];

/** Has a page of its own, with the reasons. */
const ELSEWHERE = "alerting.thresholds";

function below(parent: string, values: Readonly<Record<string, Scalar>>): Record<string, Scalar> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`${parent}.${key}`, value]),
  );
}

/** A line for each key that holds no further keys. */
function rows(path: string, schema: Schema, needed: boolean): string[] {
  if (path === ELSEWHERE) return [`| \`${path}\` | see [thresholds.md](thresholds.md) | |\n`];
  const must = needed || NEEDED.includes(path);
  const inside = schema.properties;
  if (inside !== undefined) {
    return Object.entries(inside).flatMap(([key, part]) =>
      rows(`${path}.${key}`, part, schema.required?.includes(key) === true),
    );
  }
  const entry = schema.additionalProperties;
  if (entry !== undefined && entry !== false) return rows(`${path}.<name>`, entry, false);
  if (schema.items !== undefined) {
    const list = must ? [`| \`${path}\` | a list of one or more | needed |\n`] : [];
    return [...list, ...rows(`${path}[]`, schema.items, false)];
  }
  const value = KNOWN_DEFAULTS[path];
  const fallback = must ? "needed" : value === undefined ? "" : `\`${String(value)}\``;
  return [`| \`${path}\` | ${allowed(schema)} | ${fallback} |\n`];
}

function allowed({ description, enum: values, type }: Schema): string {
  const words = description ?? values?.join(" or ") ?? (type === "object" ? "a map" : "a text");
  return words.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

/** The example's paragraph about a key: its comment and its lines, or the comment that has it. */
function paragraph(example: string, key: string): string | undefined {
  const paragraphs = example.slice(example.indexOf("\nconfig:\n")).split(/\n\n|\nconfig:\n/);
  const found =
    paragraphs.find((text) => new RegExp(`^  flower-monitoring:${key}:`, "m").test(text)) ??
    paragraphs.find((text) => new RegExp(`^ *# +flower-monitoring:${key}:`, "m").test(text));
  return found?.trimEnd().replace(/^ {2}/gm, "");
}

/**
 * @param example the text of Pulumi.dev.yaml
 * @throws Error for a key that the example does not show
 */
export function configurationPage(example: string): string {
  const config = (stackFileSchema()["properties"] as { config: Schema }).config;
  const shown = new Set<string>();
  const sections = CONFIG_KEYS.map((key) => {
    const text = paragraph(example, key);
    if (text === undefined)
      throw new Error(`Pulumi.dev.yaml does not show flower-monitoring:${key}`);
    const block = shown.has(text) ? "In the example above.\n\n" : `\`\`\`yaml\n${text}\n\`\`\`\n\n`;
    shown.add(text);
    const schema = config.properties?.[`flower-monitoring:${key}`] ?? {};
    const table = rows(key, schema, false).join("");
    return `## ${key}\n\n${block}| key | allowed | default |\n| --- | --- | --- |\n${table}`;
  });
  return `${HEAD}${sections.join("\n")}`;
}

const HEAD = `# Configuration

Made from components/config and Pulumi.dev.yaml by \`make docs\`; do not edit.

The keys of \`Pulumi.<stack>.yaml\`, each with the prefix \`flower-monitoring:\`. An example of each stands first: it is the
lab's, with its comments. Then every key, what it may be, and what it is when the stack does not say it; where nothing
is told, it is optional, and the example says what happens without it. Faults are told all at once, before anything is
touched. An editor that knows YAML checks the file while it is written, by the line

\`\`\`yaml
# yaml-language-server: $schema=./schema/stack.schema.json
\`\`\`

Secrets are keys of their own, set with \`pulumi config set --secret\`: \`grafanaAdminPassword\`, where the stack has a Grafana
of its own, and those that a key whose name ends in \`Secret\` names ([security.md](security.md#secrets)).

`;
