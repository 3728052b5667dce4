/**
 * What providers do behind one's back, as rules over registrations: each was seen to lose data, to
 * hang, to leak or to show a change in every preview.
 */
import { isSecret, revealed, type Registration } from "./mocks";

type Fault = string | false;
type Rule = (registration: Registration, inputs: Record<string, unknown>) => Fault[];

/** Go prints a duration in one way only: 60s is read back as 1m0s, a change in every preview. */
const CANONICAL = /^(?:(?:[1-9]\d*h)?[1-5]?\dm)?[1-5]?\ds$/;

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function map(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function imageFaults(ref: unknown): Fault[] {
  const tag = /(?:@sha256:[0-9a-f]{64}|:([\w.-]+))$/.exec(text(ref));
  return [
    tag === null && `image ${text(ref)} has neither tag nor digest`,
    tag?.[1] === "latest" && `image ${text(ref)} moves`,
  ];
}

const container: Rule = ({ deleteBeforeReplace, replaceOnChanges }, inputs) => {
  const health = map(inputs["healthcheck"]);
  const log = map(inputs["logOpts"]);
  const capabilities = map(inputs["capabilities"]);
  const durations = ["interval", "timeout", "startPeriod", "startInterval"]
    .map((key) => health[key])
    .filter((value) => value !== undefined);
  const forbidden = ["privileged", "platform", "uploads", "networkMode", "pidMode"];
  return [
    list(health["tests"]).length < 2 && "no health check",
    inputs["wait"] !== true && "does not wait until it is healthy",
    typeof inputs["waitTimeout"] !== "number" && "waits without a limit of its own",
    typeof inputs["memory"] !== "number" && "no memory limit",
    inputs["memory"] !== inputs["memorySwap"] && "memorySwap is not the memory",
    inputs["restart"] !== "unless-stopped" && "is not started again",
    (log["max-size"] === undefined || log["max-file"] === undefined) && "its log has no bound",
    inputs["readOnly"] !== true && "its root file system is writable",
    !list(capabilities["drops"]).includes("ALL") && "keeps capabilities",
    list(capabilities["adds"]).length > 0 && "takes capabilities",
    !list(inputs["securityOpts"]).includes("no-new-privileges:true") && "may gain privileges",
    !/^[1-9]\d*(:\d+)?$/.test(text(inputs["user"])) && "runs as root",
    Number(inputs["destroyGraceSeconds"] ?? 0) < 10 && "is killed without time to stop",
    list(inputs["ports"]).some((port) => map(port)["ip"] === undefined) && "a port is on 0.0.0.0",
    ...durations.map(
      (value) => !CANONICAL.test(text(value)) && `duration ${text(value)} is not canonical`,
    ),
    ...forbidden.map((key) => inputs[key] !== undefined && `sets ${key}`),
    !deleteBeforeReplace && "its name is taken when it is replaced",
    ...["healthcheck", "tmpfs"].map(
      (key) => !replaceOnChanges.includes(key) && `a changed ${key} would not be applied`,
    ),
    ...imageFaults(inputs["image"]),
  ];
};

const remoteImage: Rule = (_registration, inputs) => [
  inputs["keepLocally"] !== true && "deletes an image that may be in use",
  inputs["pullTriggers"] !== undefined && "pulls again",
  ...imageFaults(inputs["name"]),
];

const volume: Rule = ({ ignoreChanges, protect, retainOnDelete }, inputs) => [
  ...["labels", "driver", "driverOpts"].map(
    (key) => !ignoreChanges.includes(key) && `a changed ${key} would delete the data`,
  ),
  typeof inputs["name"] !== "string" && "a new volume at each replacement",
  protect !== retainOnDelete && "protect and retainOnDelete differ",
];

const command: Rule = ({ deleteBeforeReplace, customTimeouts }, inputs) => [
  inputs["logging"] !== "none" && "a line over 64 KiB would block it for ever",
  inputs["addPreviousOutputInEnv"] !== false && "what it printed comes back as its environment",
  inputs["environment"] !== undefined && "has an environment, which the state shows",
  inputs["triggers"] !== undefined && "triggers replace: the old delete runs last",
  text(inputs["create"]).length > 160 && "its command is long: put it on standard input",
  customTimeouts === undefined && inputs["stdin"] !== undefined && "has no deadline",
  inputs["delete"] !== undefined && !deleteBeforeReplace && "would remove what it installed",
  // A host's script is in the state twice, for each of perhaps a thousand hosts.
  inputs["delete"] !== undefined && text(inputs["stdin"]).length > 1024 && "over 1 kB of stdin",
];

const grafanaProvider: Rule = (registration, inputs) => [
  !isSecret(registration.inputs["auth"]) && "its password is not secret",
  !(Number(inputs["retries"]) * Number(inputs["retryWait"]) >= 20) && "gives up within 20 s",
];

const uid: Rule = (_registration, inputs) => [
  typeof inputs["uid"] !== "string" && "has no uid of its own",
];

const dashboard: Rule = (_registration, inputs) => [
  inputs["overwrite"] !== true && "a lost state could not be repaired",
  !/^[\w-]{1,40}$/.test(text(map(JSON.parse(text(inputs["configJson"])) as unknown)["uid"])) &&
    "has no uid of its own",
];

const ruleGroup: Rule = (_registration, inputs) => [
  Number(inputs["intervalSeconds"]) % 10 !== 0 && "its interval is no multiple of 10 s",
  ...list(inputs["rules"]).map(
    (rule) => !/^[\w-]{1,40}$/.test(text(map(rule)["uid"])) && "a rule has no uid",
  ),
];

const rules: Record<string, Rule> = {
  "docker:index/container:Container": container,
  "docker:index/remoteImage:RemoteImage": remoteImage,
  "docker:index/volume:Volume": volume,
  "command:local:Command": command,
  // Leaves connections and agent sockets open, and may wait for a silent host for ever.
  "command:remote:Command": () => ["is not a session of components/session.sh"],
  "command:remote:CopyToRemote": () => ["is not a session of components/session.sh"],
  "pulumi:providers:grafana": grafanaProvider,
  "grafana:oss/folder:Folder": uid,
  "grafana:oss/dataSource:DataSource": uid,
  "grafana:oss/dashboard:Dashboard": dashboard,
  "grafana:alerting/ruleGroup:RuleGroup": ruleGroup,
};

/** Every fault as `<name>: <what is wrong>`; a resource with a provider of its own type needs it. */
export function lint(registrations: Registration[]): string[] {
  return registrations.flatMap((registration) => {
    const inputs = revealed(registration.inputs) as Record<string, unknown>;
    const found = rules[registration.type]?.(registration, inputs) ?? [];
    const shared = /^(docker|grafana):/.test(registration.type)
      ? [registration.provider === undefined && "uses a default provider"]
      : [];
    return [...shared, ...found]
      .filter((fault) => fault !== false)
      .map((fault) => `${registration.name}: ${fault}`);
  });
}
