import { isAsset, isObject, mapValues, secret, unknown, type Props, type Value } from "./property";

type Kind = "string" | "number" | "boolean" | "any" | "asset" | "list" | "map" | "object";

/** What is known about one property. The SDK's names and the official plugin's rules. */
export interface FieldOptions {
  /** A change replaces the resource. */
  forceNew?: true;
  /** When the program leaves it out, the provider's own value stands and is no difference. */
  computed?: true;
  /** Used when the program leaves it out. */
  default?: Value;
  /** A list whose order means nothing. */
  set?: true;
  /** Marked secret in inputs and state, whatever the program said. */
  secret?: true;
  /** The allowed values. */
  oneOf?: readonly string[];
  /** Further rule; returns what is wrong, in words that follow the property's name. */
  valid?: (value: Value) => string | undefined;
  /** One form for values that mean the same, at any depth. */
  normal?: (value: Value) => Value;
  /** True when `old` may stand although `wanted` is another value. Top-level properties only. */
  same?: (old: Value, wanted: Value) => boolean;
}

/** One property; `T` is the TypeScript type of its value. */
export interface Field<T> extends FieldOptions {
  readonly kind: Kind;
  readonly of?: Field<unknown>;
  readonly fields?: Shape;
  readonly required?: boolean;
  readonly type?: T;
}

export type Shape = Readonly<Record<string, Field<unknown>>>;

type RequiredKeys<S extends Shape> = {
  [K in keyof S]: S[K] extends { readonly required: true } ? K : never;
}[keyof S];
type ValueOf<F> = F extends { readonly type?: infer T } ? Exclude<T, undefined> : never;

/** The TypeScript type of checked inputs of that shape. */
export type InputsOf<S extends Shape> = { [K in RequiredKeys<S>]: ValueOf<S[K]> } & {
  [K in Exclude<keyof S, RequiredKeys<S>>]?: ValueOf<S[K]>;
};

export const str = (o: FieldOptions = {}): Field<string> => ({ kind: "string", ...o });
export const num = (o: FieldOptions = {}): Field<number> => ({ kind: "number", ...o });
export const bool = (o: FieldOptions = {}): Field<boolean> => ({ kind: "boolean", ...o });
export const any = (o: FieldOptions = {}): Field<Value> => ({ kind: "any", ...o });
export const asset = (o: FieldOptions = {}): Field<Record<string, Value>> => ({
  kind: "asset",
  ...o,
});
export const list = <T>(of: Field<T>, o: FieldOptions = {}): Field<T[]> => ({
  kind: "list",
  of,
  ...o,
});
export const map = <T>(of: Field<T>, o: FieldOptions = {}): Field<Record<string, T>> => ({
  kind: "map",
  of,
  ...o,
});
export const obj = <S extends Shape>(fields: S, o: FieldOptions = {}): Field<InputsOf<S>> => ({
  kind: "object",
  fields,
  ...o,
});
export const required = <T>(field: Field<T>): Field<T> & { readonly required: true } => ({
  ...field,
  required: true,
});

/** One thing wrong with the inputs. The reason names the property and never prints its value. */
export interface Failure {
  property: string;
  reason: string;
}

/** Every fault of `inputs` against `shape`: unknown names, wrong types, missing values. */
export function check(shape: Shape, inputs: Props, at = ""): Failure[] {
  const failures: Failure[] = [];
  for (const [name, value] of Object.entries(inputs)) {
    const field = shape[name];
    const path = at === "" ? name : `${at}.${name}`;
    if (field === undefined) {
      const allowed = Object.keys(shape).sort().join(", ");
      failures.push({
        property: path,
        reason: `unknown property "${path}". The stand-in knows: ${allowed}.`,
      });
    } else if (value !== null) failures.push(...checkField(field, value, path));
  }
  for (const [name, field] of Object.entries(shape)) {
    const given = inputs[name] !== undefined && inputs[name] !== null;
    if (field.required === true && !given && field.default === undefined) {
      const path = at === "" ? name : `${at}.${name}`;
      failures.push({ property: path, reason: `missing required property "${path}".` });
    }
  }
  return failures;
}

function checkField(field: Field<unknown>, value: Value, path: string): Failure[] {
  if (value === unknown) return [];
  const found = kindOf(value);
  const fail = (reason: string): Failure[] => [{ property: path, reason }];
  const wanted = field.kind === "map" ? "object" : field.kind;
  if (wanted !== "any" && found !== wanted) {
    return fail(`"${path}" must be of type ${field.kind}, got ${found}.`);
  }
  if (field.oneOf !== undefined && !field.oneOf.some((allowed) => allowed === value)) {
    return fail(`"${path}" must be one of ${field.oneOf.join(", ")}.`);
  }
  const wrong = field.valid?.(value);
  if (wrong !== undefined) return fail(`"${path}" ${wrong}`);
  const { of, fields } = field;
  if (of !== undefined && Array.isArray(value)) {
    return value.flatMap((item, i) => checkField(of, item, `${path}[${i}]`));
  }
  if (of !== undefined && isObject(value)) {
    return Object.entries(value).flatMap(([k, v]) => checkField(of, v, `${path}[${k}]`));
  }
  return fields !== undefined && isObject(value) ? check(fields, value, path) : [];
}

function kindOf(value: Value): string {
  if (isAsset(value)) return "asset";
  if (Array.isArray(value)) return "list";
  return value === null ? "null" : typeof value;
}

/** `inputs` with the defaults of `shape` filled in, at every depth. */
export function withDefaults(shape: Shape, inputs: Props): Props {
  const out: Props = {};
  for (const [name, value] of Object.entries(inputs)) {
    const field = shape[name];
    if (value !== null) out[name] = field === undefined ? value : fill(field, value);
  }
  for (const [name, field] of Object.entries(shape)) {
    if (out[name] === undefined && field.default !== undefined) out[name] = field.default;
  }
  return out;
}

/** `value` with the defaults of the objects inside it. */
export function fill(field: Field<unknown>, value: Value): Value {
  const { of, fields } = field;
  if (value === unknown || isAsset(value)) return value;
  if (of !== undefined && Array.isArray(value)) return value.map((item) => fill(of, item));
  if (of !== undefined && isObject(value)) return mapValues(value, (item) => fill(of, item));
  if (fields !== undefined && isObject(value)) return withDefaults(fields, value);
  return value;
}

/** `props` with the top-level properties that the shape calls secret wrapped as secrets. */
export function markSecrets(shape: Shape, props: Props): Props {
  return Object.fromEntries(
    Object.entries(props).map(([k, v]) => [k, shape[k]?.secret === true ? secret(v) : v]),
  );
}
