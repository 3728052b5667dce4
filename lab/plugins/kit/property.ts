/** A property value as it travels between the engine and a plugin, as plain JSON. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** The properties of one resource. */
export type Props = Record<string, Value>;

/** Marks an object on the wire as something other than a map: a secret, an asset, an archive. */
export const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
export const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
export const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

/** Stands for a value that a preview cannot know yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isObject(value: unknown): value is Record<string, Value> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecret(value: unknown): value is { value: Value } {
  return isObject(value) && value[signatureKey] === secretSignature;
}

/** True for an asset or an archive, which are compared by hash and never walked into. */
export function isAsset(value: unknown): value is Record<string, Value> {
  return (
    isObject(value) &&
    (value[signatureKey] === assetSignature || value[signatureKey] === archiveSignature)
  );
}

export function secret(value: Value): Value {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

/** The value without its secret wrappers, at any depth. */
export function plain(value: Value): Value {
  if (isSecret(value)) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (isObject(value)) return mapValues(value, plain);
  return value;
}

export function plainProps(props: Props): Props {
  return mapValues(props, plain);
}

/** True when a secret is anywhere inside. */
export function hasSecret(value: Value | undefined): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isObject(value) && Object.values(value).some(hasSecret);
}

/** True when an unknown is anywhere inside. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === unknown) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/**
 * `value` with the secrecy of `like`: what was secret as an input stays secret as an output. A list
 * whose order the plugin may have changed becomes secret as a whole.
 */
export function secretLike(value: Value, like: Value | undefined): Value {
  if (like === undefined || !hasSecret(like)) return value;
  if (isSecret(like)) return secret(value);
  if (isObject(value) && isObject(like)) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, secretLike(v, like[k])]));
  }
  return secret(value);
}

/** Equal as JSON, whatever the order of keys; assets are equal when their hashes are. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (isAsset(a) && isAsset(b) && typeof a["hash"] === "string" && a["hash"] !== "") {
    return a["hash"] === b["hash"];
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  }
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => equal(a[key], b[key]));
  }
  return false;
}

/** One text for equal values: keys sorted at every depth. */
export function canonical(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((k) => `${JSON.stringify(k)}:${canonical(value[k] ?? null)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/** Drops what the wire cannot carry (undefined) and what Pulumi does not distinguish (null). */
export function compact(value: object): Props {
  const parsed = JSON.parse(JSON.stringify(value)) as Props;
  return Object.fromEntries(Object.entries(parsed).filter(([, v]) => v !== null));
}

/** `props` less these keys. */
export function without(props: Props, ...keys: string[]): Props {
  return Object.fromEntries(Object.entries(props).filter(([key]) => !keys.includes(key)));
}

export function mapValues(props: Props, fn: (value: Value) => Value): Props {
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, fn(value)]));
}
