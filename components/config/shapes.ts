/** The shape of each config key as zod schemas, and how zod's issues become faults. Pure. */
import * as z from "zod";
import type { ConfigPath, Faults } from "./faults";
import { closest } from "./faults";
import { anything, field, keys, labels, port, text } from "./fields";
import type { Problem } from "./rule";
import * as values from "./values";
import { image, pause, retention, scrapeInterval } from "./durations";
import { secretName } from "./webhooks";

const host = {
  name: text(values.hostName),
  address: text(values.address),
  user: text(values.userName).optional(),
  port,
  labels: labels.optional(),
  bastion: text(values.text).optional(),
  sudoPasswordSecret: text(secretName).optional(),
  lost: field<boolean>(values.flag).optional(),
};

const route = keys({
  receiver: text(values.text).optional(),
  matchers: z.array(text(values.text), { error: () => "" }).optional(),
  match: anything,
  match_re: anything,
  group_by: z.array(text(values.text), { error: () => "" }).optional(),
  group_wait: anything,
  group_interval: anything,
  repeat_interval: anything,
  mute_time_intervals: anything,
  active_time_intervals: anything,
  continue: field<boolean>(values.flag).optional(),
  // Looked at one by one by the caller, so that a fault in one hides none in another.
  routes: z.array(z.unknown(), { error: () => "" }).optional(),
});

/** Scalars come out of Pulumi as text, also where the stack file has a boolean. */
function scalarFlag(key: string) {
  const rule = values.oneOf(
    [true, false, "true", "false"],
    `pulumi config set flower-monitoring:${key} true`,
  );
  return field<boolean | "true" | "false">(
    values.ruled({ enum: [true, false] }, (value) => {
      const problem = rule(value);
      return problem && { ...problem, allowed: "true or false" };
    }),
  );
}

/** What both roles may say about Flower on their host. */
const flower = {
  runtime: field<"venv" | "container">(
    values.oneOf(
      ["venv", "container"],
      "write container where Flower runs in containers, venv where the host's own Python runs it",
    ),
  ).optional(),
  hook: field<boolean>(values.flag).optional(),
  containerMetrics: field<boolean>(values.flag).optional(),
  restart: z.array(text(values.unit), { error: () => "" }).optional(),
  certificates: z.array(text(values.hostPath), { error: () => "" }).optional(),
};

const yesNo = field<"YES" | "NO">(values.yesNo).optional();

export const shapes = {
  federation: text(values.federationName),
  scrapeInterval: text(scrapeInterval),
  retention: text(retention),
  retainData: scalarFlag("retainData"),
  hook: scalarFlag("hook"),
  dcgmProfiling: scalarFlag("dcgmProfiling"),
  context: keys({
    FL_LOG_FORMAT: field<"text" | "json">(values.logFormat).optional(),
    FL_METRICS_ENABLED: yesNo,
    FL_METRICS_PORT: field<number>(values.metricsPort).optional(),
    FL_GPU_ENABLED: yesNo,
    FL_DCGM_ENABLED: yesNo,
    FL_LOSS_METRIC: text(values.metricName).optional(),
    FL_ACCURACY_METRIC: text(values.metricName).optional(),
  }),
  ssh: keys({
    user: text(values.userName).optional(),
    port,
    privateKeyFile: text(values.path).optional(),
    knownHostsFile: text(values.path).optional(),
    passphraseSecret: text(secretName).optional(),
    sudoPasswordSecret: text(secretName).optional(),
    waitSeconds: field<number>(values.waitSeconds).optional(),
    // Looked at one by one by the caller.
    bastions: anything,
  }),
  bastion: keys({
    address: text(values.address),
    port,
    user: text(values.userName).optional(),
  }),
  repair: text(values.text),
  monitoring: keys({
    docker: anything,
    address: text(values.bindAddress).optional(),
    ports: keys({ prometheus: port, alertmanager: port, grafana: port }).optional(),
  }),
  superlink: keys({
    ...host,
    flower: keys({
      python: text(values.hostPath),
      controlApi: text(values.controlApi),
      caFile: text(values.hostPath).optional(),
      insecure: field<boolean>(values.flag).optional(),
      ...flower,
    }),
  }),
  supernode: keys({
    ...host,
    flower: keys({ python: text(values.hostPath).optional(), ...flower }).optional(),
    unit: text(values.unit).optional(),
    gpu: field<boolean>(values.flag).optional(),
    dcgm: field<boolean>(values.flag).optional(),
    dcgmProfiling: field<boolean>(values.flag).optional(),
  }),
  alerting: keys({
    evaluator: field<"grafana" | "prometheus">(
      values.oneOf(["grafana", "prometheus"], "choose who evaluates the alert rules"),
    ).optional(),
    receivers: anything,
    defaultReceiver: text(values.receiverName).optional(),
    routes: anything,
    rulesFile: text(values.path).optional(),
    groupWait: text(pause).optional(),
    groupInterval: text(pause).optional(),
    repeatInterval: text(pause).optional(),
    runbooksUrl: text(values.pageUrl).optional(),
    routing: anything,
    sites: anything,
    muteTimings: anything,
    groupBy: anything,
    deadMansSwitch: anything,
    thresholds: anything,
  }),
  route,
  // Oldest releases that understand the files which the program writes.
  images: keys({
    prometheus: text(image("2.53")).optional(),
    alertmanager: text(image("0.28")).optional(),
    grafana: text(image("11.0")).optional(),
    dcgmExporter: text(image("4.5")).optional(),
  }),
  artifacts: keys({
    nodeExporter: text(values.path).optional(),
    cadvisor: text(values.path).optional(),
    wheels: text(values.path).optional(),
    dcgmImage: text(values.path).optional(),
  }),
};

type FlowerShape<Role extends "superlink" | "supernode"> = NonNullable<
  z.output<(typeof shapes)[Role]>["flower"]
>;

/** A host of either role. */
export type HostShape = Omit<z.output<typeof shapes.supernode>, "flower"> & {
  flower?: FlowerShape<"supernode"> & Partial<FlowerShape<"superlink">>;
};

/** The value in its type, or undefined after its faults were added. */
export function read<T>(
  schema: z.ZodType<T>,
  value: unknown,
  path: ConfigPath,
  faults: Faults,
): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) addIssue(issue, value, path, faults);
  return undefined;
}

function addIssue(issue: z.core.$ZodIssue, value: unknown, path: ConfigPath, faults: Faults): void {
  const inner = issue.path.filter((part) => typeof part !== "symbol");
  const at = [...path, ...inner];
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(", ");
    for (const key of issue.keys) addUnknownKey([...at, key], key, known, faults);
    return;
  }
  const problem = issue.code === "custom" ? (issue.params?.problem as Problem) : shapeOf(issue);
  const got = inner.reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], value);
  faults.value(at, got, problem.allowed, problem.fix);
}

function shapeOf(issue: z.core.$ZodIssue): Problem {
  if (issue.code === "invalid_type" && issue.expected === "array") {
    return { allowed: "a list", fix: "write a list: each entry on a line of its own after a -" };
  }
  const keys = issue.message === "" ? "" : ` with the keys ${issue.message}`;
  return {
    allowed: `a map${keys}`,
    fix: "write the keys below it, indented; Pulumi.dev.yaml has one of each",
  };
}

/** Adds the fault of a key that nothing reads. Its value is not looked at: it may be a secret. */
export function addUnknownKey(
  path: ConfigPath,
  key: string,
  known: readonly string[],
  faults: Faults,
): void {
  const near = closest(key, known);
  const fix = near === undefined ? "remove it or correct its name" : `did you mean ${near}?`;
  faults.text(path, "an unknown key", known.join(", "), fix);
}
