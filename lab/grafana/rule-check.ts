import { invalid, stricter } from "./errors";
import type { DataSource, Json } from "./store";

/** Grafana evaluates on ticks of this many seconds. */
const baseInterval = 10;
const noDataStates = ["Alerting", "NoData", "OK", "KeepLast"];
const execErrStates = ["Alerting", "Error", "OK", "KeepLast"];
const expressionTypes = ["math", "reduce", "resample", "threshold", "classic_conditions", "sql"];

/** Refuses a rule group that Grafana refuses, or that it would take and never evaluate well. */
export function checkGroup(
  interval: number,
  rules: readonly Json[],
  sources: readonly DataSource[],
): void {
  if (!Number.isInteger(interval) || interval <= 0 || interval % baseInterval !== 0) {
    throw invalid(
      `invalid alert rule: interval (${interval}s) should be non-zero and divided exactly by ` +
        `scheduler interval: ${baseInterval}s`,
    );
  }
  rules.forEach((rule) => checkRule(rule, sources));
}

function checkRule(rule: Json, sources: readonly DataSource[]): void {
  const { title, condition, noDataState, execErrState, data } = rule;
  if (typeof title !== "string" || title === "") {
    throw invalid("invalid alert rule: title is empty");
  }
  const fail = (why: string): Error => invalid(`invalid alert rule '${title}': ${why}`);
  if (title.length > 190) throw fail("name length should not be greater than 190");
  if (!noDataStates.includes(String(noDataState))) {
    throw fail(`unknown NoData state option '${String(noDataState)}'`);
  }
  if (!execErrStates.includes(String(execErrState))) {
    throw fail(`unknown Error state option '${String(execErrState)}'`);
  }
  const queries = (Array.isArray(data) ? data : []) as Json[];
  if (queries.length === 0) throw fail("no queries or expressions are found");
  const refIds = new Set<string>();
  for (const query of queries) {
    const refId = query["refId"];
    if (typeof refId !== "string" || refId === "") throw fail("refID is not specified");
    if (refIds.has(refId)) throw fail(`refID '${refId}' is already used`);
    refIds.add(refId);
  }
  if (typeof condition !== "string" || condition === "") throw fail("condition cannot be empty");
  if (!refIds.has(condition)) {
    throw fail(`condition ${condition} does not exist, must be one of [${[...refIds].join(",")}]`);
  }
  for (const query of queries) checkQuery(query, refIds, sources, title, fail);
}

function checkQuery(
  query: Json,
  refIds: ReadonlySet<string>,
  sources: readonly DataSource[],
  title: string,
  fail: (why: string) => Error,
): void {
  const refId = String(query["refId"]);
  const model = query["model"] as Json | undefined;
  if (typeof model !== "object") throw fail(`query ${refId}: model is not an object`);
  const { from, to } = (query["relativeTimeRange"] ?? {}) as { from?: unknown; to?: unknown };
  if (typeof from !== "number" || typeof to !== "number") {
    throw fail(`query ${refId}: relativeTimeRange needs from and to in seconds`);
  }
  const uid = String(query["datasourceUid"]);
  if (uid === "__expr__" || uid === "-100") {
    checkExpression(model, refId, refIds, title);
    return;
  }
  if (from <= to) throw fail(`query ${refId}: invalid relative time range {${from} ${to}}`);
  if (!sources.some((source) => source.uid === uid)) {
    throw stricter(`rule "${title}" query ${refId}: there is no data source with uid "${uid}"`);
  }
}

/** What a real Grafana takes and then fails at each evaluation. */
function checkExpression(
  model: Json,
  refId: string,
  refIds: ReadonlySet<string>,
  title: string,
): void {
  const where = `rule "${title}" expression ${refId}`;
  const { type, expression } = model;
  if (!expressionTypes.includes(String(type))) {
    throw stricter(`${where}: unknown type "${String(type)}"`);
  }
  const refer = (name: string): void => {
    if (refIds.has(name) && name !== refId) return;
    throw stricter(`${where}: unable to find dependent node '${name}'`);
  };
  if (type === "math") {
    const used = [...String(expression).matchAll(/\$(?:\{([^}]+)\}|(\w+))/g)];
    if (used.length === 0) throw stricter(`${where}: math needs a refId as $A or \${A}`);
    used.forEach(([, braced, bare]) => refer(braced ?? bare ?? ""));
  }
  if (type === "reduce" || type === "resample" || type === "threshold") {
    if (typeof expression !== "string") throw stricter(`${where}: expression must be a bare refId`);
    refer(expression);
  }
  if (type === "threshold" || type === "classic_conditions") checkConditions(model, where);
}

function checkConditions(model: Json, where: string): void {
  const conditions = (Array.isArray(model["conditions"]) ? model["conditions"] : []) as Json[];
  if (conditions.length === 0) throw stricter(`${where}: no condition`);
  for (const condition of conditions) {
    const { type, params } = (condition["evaluator"] ?? {}) as { type?: unknown; params?: unknown };
    if (typeof type !== "string") throw stricter(`${where}: a condition has no evaluator type`);
    const numbers = Array.isArray(params) && params.every((p) => typeof p === "number");
    if (!numbers) throw stricter(`${where}: evaluator params must be numbers`);
  }
}
