/** Faults of a config: collected, made safe to print, reported together. */

/** One thing wrong with the config. None of the texts holds a secret. */
export interface ConfigFault {
  /** Where, as in `supernodes[1].address`. */
  path: string;
  got: string;
  allowed: string;
  /** What to do about it. */
  fix: string;
}

/** All that is wrong with a config; `message` is the report for people. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly ConfigFault[]) {
    super(report(faults));
    this.name = "ConfigError";
  }
}

export type ConfigPath = readonly (string | number)[];

/** Longest value or key that is quoted whole in a report. */
const SHOWN_CHARACTERS = 80;

/** Shorter texts are not told apart from ordinary words; a secret this short is itself a fault. */
const SHORTEST_SECRET = 4;

/** From this length on a secret is hidden in whole sentences too, not only in quoted values. */
const LONG_SECRET = 8;

/**
 * Places whose texts are never quoted: people paste tokens there, in the right form or a wrong one.
 * The kinds of receivers cover all in them, `secret` and the like unknown keys with such names.
 */
const QUIET =
  /webhook|slack|pagerduty|opsgenie|teams|deadMans|secret|passw|token|credential|apikey|privatekey$/i;

/** Collects faults; knows the secret values, so that no text it keeps can hold one. */
export class Faults {
  readonly list: ConfigFault[] = [];
  private readonly secrets: readonly string[];

  /**
   * @param secrets texts that no fault may hold
   * @param quietKeys top-level keys whose values are not quoted at all
   */
  constructor(
    secrets: readonly string[] = [],
    private readonly quietKeys: ReadonlySet<string> = new Set(),
  ) {
    this.secrets = [...new Set(secrets)]
      .filter((secret) => secret.length >= SHORTEST_SECRET)
      .sort((a, b) => b.length - a.length);
  }

  /** Adds a fault whose `got` is the value itself, as far as it may be shown. */
  value(path: ConfigPath, value: unknown, allowed: string, fix: string): void {
    this.text(path, this.show(path, value), allowed, fix);
  }

  /** Adds a fault whose `got` is a description. */
  text(path: ConfigPath, got: string, allowed: string, fix: string): void {
    this.list.push({
      path: this.path(path),
      got: this.hide(got),
      allowed: this.hide(allowed),
      fix: this.hide(fix),
    });
  }

  /** @throws ConfigError when there is any fault. */
  throwIfAny(): void {
    if (this.list.length > 0) throw new ConfigError(this.list);
  }

  private path(path: ConfigPath): string {
    let text = "";
    for (const part of path) {
      if (typeof part === "number") text += `[${part}]`;
      else if (/^[A-Za-z_][\w-]{0,79}$/.test(part)) text += text === "" ? part : `.${part}`;
      else text += `[${this.quote(part)}]`;
    }
    return this.hide(text);
  }

  private show(path: ConfigPath, value: unknown): string {
    if (value === undefined || value === null) return "nothing";
    if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
    if (typeof value === "object") return "a map";
    if (this.quietKeys.has(String(path[0]))) return "a value that is not shown here";
    if (typeof value === "number" || typeof value === "boolean") return this.hide(String(value));
    if (typeof value !== "string") return "something that is no config value";
    if (path.some((part) => typeof part === "string" && QUIET.test(part))) {
      return value === "" ? '""' : "a text that is not shown here";
    }
    if (value.includes("PRIVATE KEY")) return "a private key (not shown)";
    return this.quote(value);
  }

  private quote(value: string): string {
    // Hidden before it is cut, or the cut would leave most of a secret.
    const safe = shortenUrls(this.hide(value, SHORTEST_SECRET));
    return JSON.stringify(
      safe.length > SHOWN_CHARACTERS ? `${safe.slice(0, SHOWN_CHARACTERS)}...` : safe,
    );
  }

  private hide(text: string, shortest = LONG_SECRET): string {
    let safe = text;
    for (const secret of this.secrets) {
      if (secret.length >= shortest) safe = safe.replaceAll(secret, "[secret]");
    }
    return safe;
  }
}

/** Leaves scheme, host and port of a URL: user, path and query are where tokens sit. */
function shortenUrls(text: string): string {
  return text.replace(
    /([A-Za-z][\w+.-]*:\/\/)([^\s/?#]*@)?([^\s/?#]*)([/?#]\S*)?/g,
    (_all, scheme: string, user: string | undefined, host: string, rest: string | undefined) => {
      const path = scheme === "unix://" ? (rest ?? "") : rest === undefined ? "" : "/...";
      return `${scheme}${user === undefined ? "" : "...@"}${host}${path}`;
    },
  );
}

function report(faults: readonly ConfigFault[]): string {
  const lines = faults.map(
    ({ path, got, allowed, fix }) => `  ${path}: got ${got}; allowed: ${allowed}; do: ${fix}`,
  );
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  return [`${count} in the stack's config`, ...lines].join("\n");
}

/** The known key that a wrong one was probably meant to be. */
export function closest(key: string, known: readonly string[]): string | undefined {
  const wanted = key.toLowerCase();
  const allowed = Math.max(1, Math.floor(wanted.length / 4));
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance <= allowed && (best === undefined || distance < best.distance)) {
      best = { name, distance };
    }
  }
  return best?.name;
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8) return Number.POSITIVE_INFINITY;
  let previous = Array.from({ length: b.length + 1 }, (_unused, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitute, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
