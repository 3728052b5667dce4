/** What shapes of the config are made of: values that rules judge, and maps of them. Pure. */
import * as z from "zod";
import type { Problem, Rule } from "./rule";
import * as values from "./values";

/** A value that one rule judges. */
export function field<T>(rule: Rule): z.ZodType<T> {
  const judged = z.unknown().superRefine((value, context) => {
    const problem = rule(value);
    if (problem !== undefined) refuse(context, problem, []);
  });
  const allowed = rule(undefined)?.allowed;
  const words = allowed === undefined ? {} : { description: allowed };
  return judged.meta({ ...rule.schema, ...words }) as unknown as z.ZodType<T>;
}

function refuse(context: z.RefinementCtx, problem: Problem, path: string[]): void {
  context.addIssue({
    code: "custom",
    path,
    params: { problem: { allowed: problem.allowed, fix: problem.fix } },
  });
}

/** A map with exactly these keys; the issue's message lists them for the report. */
export function keys<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, { error: () => Object.keys(shape).join(", ") });
}

export const text = (rule: Rule) => field<string>(rule);
/** Looked at elsewhere, entry by entry, or left to amtool. */
export const anything = z.unknown().optional();
export const port = field<number>(values.port).optional();

/** Names and values are checked in one pass: a map with two bad labels has two faults. */
export const labels = z
  .unknown()
  .superRefine((value, context) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      refuse(context, { allowed: "a map of labels", fix: "write name: value" }, []);
      return;
    }
    for (const [name, labelText] of Object.entries(value)) {
      const problem = values.labelName(name) ?? values.labelValue(labelText);
      if (problem !== undefined) refuse(context, problem, [name]);
    }
  })
  .meta({
    type: "object",
    description: "labels on every series of the host",
    additionalProperties: { type: "string" },
  }) as unknown as z.ZodType<Record<string, string>>;
