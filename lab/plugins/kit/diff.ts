import { canonical, equal, hasUnknown, isObject, type Props, type Value } from "./property";
import { withDefaults, type Field, type Shape } from "./schema";

export type ChangeKind = "add" | "delete" | "update";

/** One property that differs, by its top-level name. */
export interface Change {
  kind: ChangeKind;
  replace: boolean;
  /** The difference is between old and new inputs, not between state and inputs. */
  input: boolean;
}

/** What a new set of inputs means for a resource. */
export interface Diff {
  changes: Record<string, Change>;
  /** Delete the old one before making the new one, when a change replaces. */
  deleteBeforeReplace: boolean;
}

/**
 * The difference as a Terraform-bridged provider sees it: the *state* against the wanted inputs.
 * A property that the program leaves out differs only when it is not computed and the state holds
 * something else than its default or zero value.
 */
export function planDiff(shape: Shape, state: Props, wanted: Props): Record<string, Change> {
  const changes: Record<string, Change> = {};
  for (const [name, field] of Object.entries(shape)) {
    const kind = planField(field, state[name], wanted[name]);
    if (kind === undefined) continue;
    changes[name] = { kind, replace: field.forceNew === true, input: false };
  }
  return changes;
}

function planField(
  field: Field<unknown>,
  old: Value | undefined,
  given: Value | undefined,
): ChangeKind | undefined {
  if (given === undefined && field.computed === true) return undefined;
  const wanted = given ?? field.default;
  if (hasUnknown(wanted)) return old === undefined ? "add" : "update";
  if (isZero(wanted) && isZero(old)) return undefined;
  // Left out is the same as empty to Terraform's old SDK, and "same" is asked about both.
  if (old !== undefined && field.same?.(old, wanted ?? null) === true) return undefined;
  if (wanted === undefined) return "delete";
  if (old === undefined) return "add";
  return equal(normal(field, old, wanted), normal(field, wanted, wanted)) ? undefined : "update";
}

/**
 * A form in which two values that mean the same are the same. What `wanted` leaves to the provider
 * (computed properties of nested objects) is dropped.
 */
function normal(field: Field<unknown>, value: Value, wanted: Value): Value {
  const { of, fields } = field;
  if (field.normal !== undefined) return field.normal(value);
  if (of !== undefined && Array.isArray(value)) {
    // Which nested properties are given is asked of all items, as sets have no order to match by.
    const wantedItems = Array.isArray(wanted) ? wanted.filter(isObject) : [];
    const given: Props = Object.fromEntries(wantedItems.flatMap((item) => Object.entries(item)));
    const items = value.map((item) => normal(of, item, given));
    return field.set === true ? items.map(canonical).sort() : items;
  }
  if (fields !== undefined && isObject(value)) {
    const given: Props = isObject(wanted) ? wanted : {};
    const out: Props = {};
    for (const [name, item] of Object.entries(withDefaults(fields, value))) {
      const child = fields[name];
      if (child === undefined || isZero(item)) continue;
      if (child.computed === true && given[name] === undefined) continue;
      out[name] = normal(child, item, given[name] ?? null);
    }
    return out;
  }
  return value;
}

/** The values that Terraform's old SDK cannot tell from "not set". */
export function isZero(value: Value | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (value === "" || value === 0 || value === false) return true;
  return Array.isArray(value)
    ? value.length === 0
    : isObject(value) && Object.keys(value).length === 0;
}

/** The difference as a provider written with pulumi-go-provider sees it: old inputs against new. */
export function inputDiff(shape: Shape, old: Props, wanted: Props): Record<string, Change> {
  const changes: Record<string, Change> = {};
  for (const [name, field] of Object.entries(shape)) {
    const [before, after] = [old[name], wanted[name]];
    if (!hasUnknown(after) && equal(before, after)) continue;
    const kind = before === undefined ? "add" : after === undefined ? "delete" : "update";
    changes[name] = { kind, replace: field.forceNew === true, input: true };
  }
  return changes;
}

/**
 * The state after a create or update: as read back, but with sets as they were planned. Terraform's
 * old SDK does so, which hides until the next refresh that a provider writes a set's items otherwise.
 */
export function asPlanned(shape: Shape, state: Props, inputs: Props): Props {
  const sets = Object.entries(inputs).filter(([name]) => shape[name]?.set === true);
  return { ...state, ...Object.fromEntries(sets) };
}

/**
 * The inputs that a refreshed state stands for: what the program set, with the value the state has
 * now where the two no longer mean the same.
 */
export function refreshedInputs(shape: Shape, state: Props, inputs: Props): Props {
  const out: Props = {};
  for (const [name, value] of Object.entries(inputs)) {
    const field = shape[name];
    const now = state[name];
    const drifted = field !== undefined && planField(field, now, value) !== undefined;
    if (!drifted) out[name] = value;
    else if (now !== undefined) out[name] = now;
  }
  return out;
}
