/** The outputs' schema, and the snippets of docs/outputs.md. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import { readMarkdown } from "./markdown";

const ROOT = resolve(__dirname, "../..");

export const SCHEMA = JSON.parse(
  readFileSync(resolve(ROOT, "schema/outputs-v1.schema.json"), "utf8"),
) as object;

/** @param closed whether what the schema does not name is a fault: the program's own outputs have nothing else */
export function outputsCheck(closed = false): ValidateFunction {
  return new Ajv({ strict: true, allErrors: true }).compile(closed ? close(SCHEMA) : SCHEMA);
}

/** Each object that names properties has no others, unless it says which. */
function close(schema: object): object {
  const own = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? close(value as object)
        : (value as unknown),
    ]),
  );
  const names = "properties" in own && "type" in own;
  return names && !("additionalProperties" in own) ? { ...own, additionalProperties: false } : own;
}

/** The snippets of a language, in the page's order. */
export function snippets(lang: string): string[] {
  const page = readMarkdown(readFileSync(resolve(ROOT, "docs/outputs.md"), "utf8"));
  return page.fences.filter((fence) => fence.lang === lang).map(({ text }) => text);
}
