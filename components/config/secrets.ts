/** Which config keys have to be secret, and which must not be. Values are looked at, never shown. */
import type { Faults } from "./faults";
import { accessSecrets } from "./access";
import { member } from "./hosts";
import { grafanaSecrets } from "./grafana";
import type { Scope } from "./scope";
import { secretRefs, type SecretRef } from "./secret-refs";
import { addUnknownKey } from "./shapes";
import { httpUrl } from "./webhooks";

/** Grafana's own rule is 4; this one is reachable over the network and can change every dashboard. */
export const SHORTEST_PASSWORD = 12;

export const ADMIN_PASSWORD = "grafanaAdminPassword";

/**
 * The password, where the stack has Grafana, and every secret that is named must be there, secret, and
 * what they should be.
 */
export function checkSecrets(
  raw: Readonly<Record<string, unknown>>,
  scope: Scope,
  secretKeys: ReadonlySet<string>,
  faults: Faults,
): void {
  const existing = raw.grafana !== undefined;
  if (existing && raw[ADMIN_PASSWORD] !== undefined) {
    faults.text(
      [ADMIN_PASSWORD],
      "a secret beside grafana",
      "nothing where the stack uses a Grafana that is there already",
      `pulumi config rm flower-monitoring:${ADMIN_PASSWORD}; its own credentials are what grafana.authSecret names`,
    );
  }
  const password =
    scope === "fleet" || existing
      ? undefined
      : required(raw, secretKeys, ADMIN_PASSWORD, "Grafana's admin password", faults);
  if (password !== undefined && !isPassword(password)) {
    const allowed = `at least ${SHORTEST_PASSWORD} characters, no line break or space around them`;
    faults.text(
      [ADMIN_PASSWORD],
      "a secret that is too short or has blanks around it",
      allowed,
      setSecret(ADMIN_PASSWORD),
    );
  }
  const checked = new Set([ADMIN_PASSWORD]);
  const organisation = member(raw.grafana, "orgId");
  for (const ref of namedSecrets(raw)) {
    if (checked.has(ref.key)) continue;
    checked.add(ref.key);
    const value = required(raw, secretKeys, ref.key, ref.what, faults);
    if (ref.path[0] === "grafana" && organisation !== undefined && value?.includes(":") === false) {
      faults.value(
        ["grafana", "orgId"],
        organisation,
        "nothing beside a service account's token, which belongs to one organisation",
        "remove orgId, with a token of that organisation; or write user:password into the secret",
      );
    }
    if (value === undefined || (ref.isUrl ? isUrl(value) : isLine(value))) continue;
    faults.text(
      [ref.key],
      `a secret that is ${ref.isUrl ? "no URL" : "empty, or has blanks around it or line breaks"} (not shown)`,
      ref.isUrl ? "an http:// or https:// URL" : "one line of text",
      setSecret(ref.key),
    );
  }
}

function isPassword(value: string): boolean {
  return value.length >= SHORTEST_PASSWORD && value === value.trim() && !/[\r\n\0]/.test(value);
}

function isLine(value: string): boolean {
  return value !== "" && value === value.trim() && isPlain(value);
}

function isUrl(value: string): boolean {
  return httpUrl(value) !== undefined && isPlain(value);
}

/** Alertmanager takes braces in some secrets for a template of its own. */
function isPlain(value: string): boolean {
  return !/[\r\n\0]/.test(value) && !value.includes("{{");
}

function required(
  raw: Readonly<Record<string, unknown>>,
  secretKeys: ReadonlySet<string>,
  key: string,
  what: string,
  faults: Faults,
): string | undefined {
  const value = Object.hasOwn(raw, key) ? raw[key] : undefined;
  if (value === undefined) faults.text([key], "nothing", `${what}, as a secret`, setSecret(key));
  else if (!secretKeys.has(key)) {
    const fix = `${setSecret(key)}; choose a new one, the old one is in the stack file's history`;
    faults.text([key], "a plain text value (not shown)", `${what}, as a secret`, fix);
  } else if (typeof value === "string") return value;
  else return JSON.stringify(value) ?? "";
  return undefined;
}

function setSecret(key: string): string {
  return `pulumi config set --secret flower-monitoring:${key}`;
}

/** Refuses secrets in keys whose values end up in names, labels and plain files. */
export function checkPlain(
  keys: readonly string[],
  secretKeys: ReadonlySet<string>,
  faults: Faults,
): void {
  for (const key of keys.filter((name) => secretKeys.has(name))) {
    faults.text(
      [key],
      "a secret value, here or deeper",
      "plain values; secrets have keys of their own",
      key === "alerting"
        ? "write urlSecret: <name> (passwordSecret, ...) in the receiver and set flower-monitoring:<name> as the secret"
        : `write it in plain: pulumi config rm flower-monitoring:${key}, then set it without --secret`,
    );
  }
}

export function checkKnown(
  raw: Readonly<Record<string, unknown>>,
  known: readonly string[],
  faults: Faults,
): void {
  const all = [...known, ADMIN_PASSWORD];
  const refs = namedSecrets(raw);
  const named = refs.map(({ key }) => key);
  for (const key of Object.keys(raw)) {
    if (!all.includes(key) && !named.includes(key)) addUnknownKey([key], key, all, faults);
  }
  for (const { path, key } of refs) {
    if (!all.includes(key)) continue;
    faults.value(
      path,
      key,
      "a config key that nothing else uses",
      `choose another name: ${key} means something else`,
    );
  }
}

/** Every secret key that another key names. */
function namedSecrets(raw: Readonly<Record<string, unknown>>): SecretRef[] {
  return [...accessSecrets(raw), ...secretRefs(raw.alerting), ...grafanaSecrets(raw.grafana)];
}
