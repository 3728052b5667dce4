import { createHash } from "node:crypto";
import { canonical, isObject, unknown, without, type Value } from "../kit/property";

/** The text of an object with sorted keys; other texts unchanged. */
export function normalJson(value: Value): Value {
  const parsed = parse(value);
  return parsed === undefined ? value : canonical(parsed);
}

/** Why a text is no JSON object, for a schema's `valid`; unknown values pass. */
export function jsonObject(value: Value): string | undefined {
  if (value === unknown) return undefined;
  return parse(value) === undefined ? "must be the text of a JSON object." : undefined;
}

/**
 * A dashboard as the state keeps it: without id, version and the ids of its top-level panels, keys
 * sorted. A sha256 stays what it is.
 */
export function normalDashboard(value: Value): Value {
  const parsed = parse(value);
  if (parsed === undefined) return value;
  const rest = without(parsed, "id", "version");
  const panels = rest["panels"];
  if (Array.isArray(panels)) {
    rest["panels"] = panels.map((panel) => (isObject(panel) ? without(panel, "id") : panel));
  }
  return canonical(rest);
}

/** The uid inside a dashboard's JSON; "" when it has none. */
export function dashboardUid(value: Value | undefined): string {
  const uid = value === undefined ? undefined : parse(value)?.["uid"];
  return typeof uid === "string" ? uid : "";
}

/** A rule's query model without the two values that the server adds by itself. */
export function normalModel(value: Value): Value {
  const parsed = parse(value);
  if (parsed === undefined) return value;
  const kept = Object.entries(parsed).filter(
    ([k, v]) => !(k === "intervalMs" && v === 1000) && !(k === "maxDataPoints" && v === 43200),
  );
  return canonical(Object.fromEntries(kept));
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function parse(value: Value): Record<string, Value> | undefined {
  if (typeof value !== "string") return undefined;
  try {
    const parsed = JSON.parse(value) as Value;
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
