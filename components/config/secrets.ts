/** Which config keys have to be secret, and which must not be. Values are looked at, never shown. */
import type { Faults } from "./faults";
import { member } from "./hosts";
import { accessSecrets } from "./access";
import { addUnknownKey } from "./shapes";
import { httpUrl, secretName } from "./webhooks";

/** Grafana's own rule is 4; this one is reachable over the network and can change every dashboard. */
export const SHORTEST_PASSWORD = 12;

export const ADMIN_PASSWORD = "grafanaAdminPassword";

/** `urlSecret` of each receiver with its place, as far as they are names. */
export function urlSecrets(receivers: unknown): { index: number; key: string }[] {
  const entries: unknown[] = Array.isArray(receivers) ? receivers : [];
  return entries.flatMap((entry, index) => {
    const key = member(member(entry, "webhook"), "urlSecret");
    return secretName(key) === undefined ? [{ index, key: key as string }] : [];
  });
}

/** The password and every webhook URL that is named must be there, secret, and what they should be. */
export function checkSecrets(
  raw: Readonly<Record<string, unknown>>,
  secretKeys: ReadonlySet<string>,
  faults: Faults,
): void {
  const password = required(raw, secretKeys, ADMIN_PASSWORD, "Grafana's admin password", faults);
  if (password !== undefined && !isPassword(password)) {
    const allowed = `at least ${SHORTEST_PASSWORD} characters, no line break or space around them`;
    faults.text(
      [ADMIN_PASSWORD],
      "a secret that is too short or has blanks around it",
      allowed,
      setSecret(ADMIN_PASSWORD),
    );
  }
  for (const [key, what] of new Map(accessSecrets(raw).map(({ key, what }) => [key, what]))) {
    if (key !== ADMIN_PASSWORD) required(raw, secretKeys, key, what, faults);
  }
  const names = new Set(urlSecrets(member(raw.alerting, "receivers")).map(({ key }) => key));
  names.delete(ADMIN_PASSWORD);
  for (const key of names) {
    const url = required(raw, secretKeys, key, "a receiver's webhook URL", faults);
    if (url !== undefined && httpUrl(url) === undefined) {
      faults.text(
        [key],
        "a secret that is no URL (not shown)",
        "an http:// or https:// URL",
        setSecret(key),
      );
    }
  }
}

function isPassword(value: string): boolean {
  return value.length >= SHORTEST_PASSWORD && value === value.trim() && !/[\r\n\0]/.test(value);
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
        ? "write urlSecret: <name> in the receiver and set flower-monitoring:<name> as the secret"
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
  const access = accessSecrets(raw);
  const named = [...urlSecrets(member(raw.alerting, "receivers")), ...access].map(({ key }) => key);
  for (const key of Object.keys(raw)) {
    if (!all.includes(key) && !named.includes(key)) addUnknownKey([key], key, all, faults);
  }
  for (const { index, key } of urlSecrets(member(raw.alerting, "receivers"))) {
    if (!all.includes(key)) continue;
    faults.value(
      ["alerting", "receivers", index, "webhook", "urlSecret"],
      key,
      "a config key that nothing else uses",
      `choose another name: ${key} means something else`,
    );
  }
  for (const { path, key } of access) {
    if (!all.includes(key)) continue;
    faults.value(
      path,
      key,
      "a config key that nothing else uses",
      `choose another name: ${key} means something else`,
    );
  }
}
