/** The last gate: nothing that a stack calls secret gets into a comment, wherever it came from. */
import type { Folder } from "./folder";
import { UsageError } from "../runner/errors";

/** Removes all secrets from a text. */
export type Redact = (text: string) => string;

/** Shorter ones would take words away that only look like them; the program's own minimum is longer. */
const SHORTEST = 4;

/**
 * @param text of `pulumi config --json --show-secrets`; only its secret values are read
 * @throws UsageError when it is something else
 */
export function redactor(text: string | undefined): Redact {
  const words = text === undefined ? [] : secretTexts(text);
  // The longest first: one may be a part of another.
  const sorted = [...new Set(words)]
    .filter((word) => word.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  return (given) => sorted.reduce((rest, word) => rest.replaceAll(word, "[secret]"), given);
}

function secretTexts(text: string): string[] {
  let config: Record<string, { value?: unknown; objectValue?: unknown; secret?: boolean }>;
  try {
    config = JSON.parse(text) as typeof config;
  } catch {
    throw new UsageError(
      "--secrets: got a file that is no JSON; allowed: what pulumi config --json --show-secrets prints; do: give standard output alone",
    );
  }
  return Object.values(config)
    .filter(({ secret }) => secret === true)
    .flatMap(({ value, objectValue }) => [...forms(value), ...forms(objectValue)]);
}

/** A secret as it may stand somewhere: whole, line by line, in JSON, in a URL, as base64. */
function forms(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(forms);
  if (typeof value !== "string") return [];
  return [
    ...[value, value.trim(), ...value.split(/\r?\n/)],
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    Buffer.from(value).toString("base64").replace(/=+$/, ""),
  ];
}

export function redactFolder(folder: Folder, redact: Redact): Folder {
  return new Map([...folder].map(([path, content]) => [path, redact(content)]));
}
