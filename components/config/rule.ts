/** What judges a single value of the config, and what an editor can check of it. Pure. */

/** Why a value is refused. */
export interface Problem {
  allowed: string;
  fix: string;
}

/** Says what is wrong with a value, or nothing. */
export interface Rule {
  (value: unknown): Problem | undefined;
  /** What an editor can check of it; the rule itself is the judge. @default anything */
  schema?: JsonSchema;
}

/** A schema of a single value, in the words of JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A rule with what an editor can check of it. */
export function ruled(schema: JsonSchema, rule: Rule): Rule {
  return Object.assign((value: unknown) => rule(value), { schema });
}

export function matching(pattern: RegExp, allowed: string, fix: string): Rule {
  // JSON Schema's patterns have no flags, and know no other alphabet than `u`.
  const checked = pattern.flags.replace("u", "") === "" ? { pattern: pattern.source } : {};
  return ruled({ type: "string", ...checked }, (value) =>
    typeof value === "string" && pattern.test(value) ? undefined : { allowed, fix },
  );
}

export function oneOf(values: readonly unknown[], fix: string): Rule {
  return ruled({ enum: values }, (value) =>
    values.includes(value) ? undefined : { allowed: values.join(" or "), fix },
  );
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number, allowed: string, fix: string): Rule {
  return ruled({ type: "integer", minimum: least, maximum: most }, (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : { allowed, fix },
  );
}

/** For a rule that is more than a pattern. */
export const STRING: JsonSchema = { type: "string" };
