import { invalid } from "./errors";
import type { Json, Store } from "./store";
import { textOf } from "./uid";

const operators = ["=", "!=", "=~", "!~"];

const defaultTree: Json = {
  receiver: "grafana-default-email",
  group_by: ["grafana_folder", "alertname"],
};

/** /api/v1/provisioning/policies: one tree, replaced as a whole. */
export class Policies {
  constructor(private readonly store: Store) {}

  get(): Json {
    return this.store.state.policies ?? defaultTree;
  }

  put(tree: Json, provenance: string): void {
    if (typeof tree["receiver"] !== "string" || tree["receiver"] === "") {
      throw invalid("invalid object specification: root route must specify a default receiver");
    }
    const names = new Set(this.store.state.contactPoints.map((point) => point.name));
    names.add("grafana-default-email");
    check(tree, names);
    this.store.change((state) => (state.policies = { ...tree, provenance }));
  }

  reset(): void {
    this.store.change((state) => delete state.policies);
  }
}

function check(route: Json, names: ReadonlySet<string>): void {
  const fail = (why: string): Error => invalid(`invalid object specification: ${why}`);
  const { receiver } = route;
  if (typeof receiver === "string" && receiver !== "" && !names.has(receiver)) {
    throw fail(`receiver '${receiver}' does not exist`);
  }
  for (const key of ["group_wait", "group_interval", "repeat_interval"]) {
    const value = route[key];
    if (value === undefined || value === "") continue;
    if (typeof value !== "string" || !/^(\d+(ms|[smhdwy]))+$/.test(value)) {
      throw fail(`${key}: not a valid duration string: "${textOf(value)}"`);
    }
    if (key !== "group_wait" && /^(0(ms|[smhdwy]))+$/.test(value)) {
      throw fail(`${key} cannot be zero`);
    }
  }
  const groups = (route["group_by"] ?? []) as unknown[];
  if (new Set(groups).size !== groups.length) throw fail("duplicated label in group_by");
  if (groups.includes("...") && groups.length > 1) {
    throw fail("cannot have wildcard group_by (`...`) and other labels at the same time");
  }
  for (const matcher of (route["object_matchers"] ?? []) as unknown[]) {
    const [label, operator, value] = Array.isArray(matcher) ? (matcher as unknown[]) : [];
    if (typeof label !== "string" || label === "" || typeof value !== "string") {
      throw fail("a matcher must be [label, operator, value]");
    }
    if (!operators.includes(String(operator))) {
      throw fail(`unsupported match type "${String(operator)}" in matcher`);
    }
    if (String(operator).endsWith("~")) checkRegexp(value, fail);
  }
  for (const child of (route["routes"] ?? []) as Json[]) check(child, names);
}

function checkRegexp(text: string, fail: (why: string) => Error): void {
  try {
    new RegExp(text);
  } catch {
    throw fail(`error parsing regexp in matcher: "${text}"`);
  }
}

/** The contact points that a tree names. */
export function receiversOf(tree: Json | undefined): Set<string> {
  if (tree === undefined) return new Set();
  const children = (tree["routes"] ?? []) as Json[];
  return new Set([textOf(tree["receiver"]), ...children.flatMap((c) => [...receiversOf(c)])]);
}
