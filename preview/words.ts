/** Words of a comment in Markdown. Whatever comes from a pull request stands in code, where nothing is a command. */

import { changedPart, type Leaf } from "./difference";

/** Longest text that stands in a line, in characters. */
const LONGEST = 160;

/** A text in a line: no mention, link or tag of it counts. */
export function code(text: string, longest = LONGEST): string {
  const line = clip(text.replace(/\s+/g, " ").trim(), longest);
  if (line === "") return "(empty)";
  const fence = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A block of lines, such as a diff. */
export function block(lines: string[], language = ""): string {
  const text = lines.join("\n");
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

export function clip(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

/** `1,000 hosts`, `1 host`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
}

/** `a, b and c`. */
export function listed(words: string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Both, and one alone where the other is not there. */
export function fromTo(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `${code(after ?? "")} (new)`;
  if (after === undefined) return `~~${code(before)}~~`;
  return `${code(before)} → ${code(after)}`;
}

/** A path or a key: as it is where nothing in it can mean something in Markdown. */
export function plain(text: string): string {
  return /^[\w.[\] -]{1,80}$/.test(text) ? text : code(text, 80);
}

/** A value that is another one: of long ones the part that differs. */
export function change({ path, before, after }: Leaf): string {
  const both = before !== undefined && after !== undefined;
  return `${plain(path)} ${both ? fromTo(...changedPart(before, after)) : fromTo(before, after)}`;
}

/** Changes of one thing, in a line. */
export function joined(words: string[], most = 8): string {
  const rest = words.length - most;
  return [...words.slice(0, most), ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}

/** Names in a line; those that are numbered as ranges, so that a thousand hosts are a few words. */
export function names(all: string[], most = 12): string {
  const runs = ranges([...new Set(all)]);
  const shown = runs.slice(0, most).map(({ first, last, size }) => {
    if (size === 1) return code(first);
    if (size === 2) return `${code(first)}, ${code(last)}`;
    return `${code(first)} to ${code(last)} (${size.toLocaleString("en-US")})`;
  });
  const rest = runs.slice(most).reduce((sum, { size }) => sum + size, 0);
  return rest === 0
    ? shown.join(", ")
    : `${shown.join(", ")} and ${rest.toLocaleString("en-US")} more`;
}

interface Range {
  first: string;
  last: string;
  size: number;
}

function ranges(all: string[]): Range[] {
  const parts = all
    .map((name) => {
      const [, stem = name, digits] = /^(.*?)(0|[1-9]\d*)$/.exec(name) ?? [];
      return { name, stem, number: digits === undefined ? undefined : Number(digits) };
    })
    .sort((a, b) =>
      a.stem === b.stem ? (a.number ?? -1) - (b.number ?? -1) : a.stem < b.stem ? -1 : 1,
    );
  const found: (Range & { stem: string; number: number | undefined })[] = [];
  for (const { name, stem, number } of parts) {
    const open = found.at(-1);
    if (open?.stem === stem && open.number !== undefined && number === open.number + 1) {
      Object.assign(open, { last: name, number, size: open.size + 1 });
    } else found.push({ first: name, last: name, size: 1, stem, number });
  }
  return found;
}
