import type { Value } from "../kit/property";
import { bool, list, map, num, obj, required, str, type Field, type InputsOf } from "../kit/schema";
import { withoutOrg } from "./api";
import { duration } from "./duration";
import { jsonObject, normalDashboard, normalJson, normalModel } from "./json-text";

const replace = { forceNew: true } as const;
const orgId = str({ ...replace, computed: true });

const uidPattern = {
  valid: (value: Value): string | undefined =>
    typeof value === "string" && /^[a-zA-Z0-9\-_]+$/.test(value)
      ? undefined
      : "may have only letters, digits, dashes and underscores.",
};
const reserved = (word: string, use: string) => (value: Value) =>
  typeof value === "string" && value.includes(word)
    ? `may not contain ${word}{num}, which is reserved; use ${use}.`
    : jsonObject(value);

export const folderShape = {
  title: required(str()),
  uid: str({ ...replace, computed: true, ...uidPattern }),
  parentFolderUid: str(),
  preventDestroyIfNotEmpty: bool({ default: false }),
  orgId,
};
export type FolderInputs = InputsOf<typeof folderShape>;

export const dataSourceShape = {
  name: str(),
  type: required(str()),
  uid: str({ ...replace, computed: true }),
  url: str(),
  accessMode: str({ default: "proxy" }),
  basicAuthEnabled: bool({ default: false }),
  basicAuthUsername: str({ default: "" }),
  databaseName: str({ default: "" }),
  username: str({ default: "" }),
  // One source must be the default, so it can only be given to another.
  isDefault: bool({ default: false, same: (old, wanted) => old === true && wanted === false }),
  jsonDataEncoded: str({ normal: normalJson, valid: reserved("httpHeaderName", "httpHeaders") }),
  secureJsonDataEncoded: str({
    secret: true,
    normal: normalJson,
    valid: reserved("httpHeaderValue", "httpHeaders"),
  }),
  httpHeaders: map(str(), { secret: true }),
  orgId,
};
export type DataSourceInputs = InputsOf<typeof dataSourceShape>;

export const dashboardShape = {
  configJson: required(str({ valid: jsonObject, normal: normalDashboard })),
  folder: str({ normal: (value) => (typeof value === "string" ? withoutOrg(value) : value) }),
  message: str(),
  overwrite: bool(),
  orgId,
};
export type DashboardInputs = InputsOf<typeof dashboardShape>;

const query = obj({
  refId: required(str()),
  datasourceUid: required(str()),
  queryType: str({ default: "" }),
  model: required(str({ valid: jsonObject, normal: normalModel })),
  relativeTimeRange: required(obj({ from: required(num()), to: required(num()) })),
});

const rule = obj({
  name: required(str()),
  uid: str({ computed: true }),
  condition: str(),
  datas: required(list(query)),
  for: str({ default: "0s", ...duration }),
  keepFiringFor: str(duration),
  missingSeriesEvalsToResolve: num(),
  noDataState: str({ default: "NoData" }),
  execErrState: str({ default: "Alerting" }),
  labels: map(str()),
  annotations: map(str()),
  isPaused: bool({ default: false }),
  notificationSettings: obj({
    contactPoint: required(str()),
    groupBies: list(str()),
    groupWait: str(),
    groupInterval: str(),
    repeatInterval: str(),
    muteTimings: list(str()),
  }),
});

export const ruleGroupShape = {
  name: str(replace),
  folderUid: required(str({ ...replace, ...uidPattern })),
  intervalSeconds: required(num()),
  rules: required(list(rule)),
  disableProvenance: bool({ default: false }),
  orgId,
};
export type RuleGroupInputs = InputsOf<typeof ruleGroupShape>;
export type RuleInputs = NonNullable<RuleGroupInputs["rules"]>[number];

const integration = {
  uid: str({ computed: true }),
  disableResolveMessage: bool({ default: false }),
};

export const contactPointShape = {
  name: str(replace),
  disableProvenance: bool({ ...replace, default: false }),
  alertmanagers: list(
    obj({
      ...integration,
      url: required(str()),
      basicAuthUser: str(),
      basicAuthPassword: str(),
    }),
    { set: true },
  ),
  webhooks: list(
    obj({
      ...integration,
      url: required(str()),
      httpMethod: str(),
      basicAuthUser: str(),
      basicAuthPassword: str(),
      authorizationScheme: str(),
      authorizationCredentials: str(),
      maxAlerts: num(),
      title: str(),
      message: str(),
      headers: map(str()),
    }),
    { set: true },
  ),
  orgId,
};
export type ContactPointInputs = InputsOf<typeof contactPointShape>;

const matcher = obj({
  label: required(str()),
  match: required(str({ oneOf: ["=", "!=", "=~", "!~"] })),
  value: required(str()),
});

interface Policy {
  contactPoint?: string;
  groupBies?: string[];
  groupWait?: string;
  groupInterval?: string;
  repeatInterval?: string;
  continue?: boolean;
  matchers?: { label: string; match: string; value: string }[];
  muteTimings?: string[];
  policies?: Policy[];
}
export type PolicyInputs = Policy;

/** The official plugin knows five levels below the root. */
function policy(depth: number): Field<Policy> {
  const shape = obj({
    contactPoint: str(),
    groupBies: list(str()),
    groupWait: str(duration),
    groupInterval: str(duration),
    repeatInterval: str(duration),
    continue: bool(),
    matchers: list(matcher, { set: true }),
    muteTimings: list(str()),
    ...(depth > 1 ? { policies: list(policy(depth - 1)) } : {}),
  });
  return shape;
}

export const notificationPolicyShape = {
  contactPoint: required(str()),
  groupBies: required(list(str())),
  groupWait: str(duration),
  groupInterval: str(duration),
  repeatInterval: str(duration),
  policies: list(policy(5)),
  disableProvenance: bool({ default: false }),
  orgId,
};
export type NotificationPolicyInputs = InputsOf<typeof notificationPolicyShape>;
