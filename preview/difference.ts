/** What differs between two values, maps and texts. Pure. */

/** Keys that only the second has, only the first, and both with another value. */
export interface Difference<T> {
  added: [string, T][];
  removed: [string, T][];
  changed: [string, T, T][];
}

/** @param same how two values are compared @default by what they are as JSON */
export function compare<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  same: (a: T, b: T) => boolean = (a, b) => JSON.stringify(a) === JSON.stringify(b),
): Difference<T> {
  const result: Difference<T> = { added: [], removed: [], changed: [] };
  for (const [key, value] of after) {
    const old = before.get(key);
    if (!before.has(key)) result.added.push([key, value]);
    else if (!same(old as T, value)) result.changed.push([key, old as T, value]);
  }
  for (const [key, value] of before) if (!after.has(key)) result.removed.push([key, value]);
  return result;
}

/** A value at a path that is not the same in both. */
export interface Leaf {
  /** `fieldConfig.defaults.unit`, `ports[0].ip`. */
  path: string;
  before: string | undefined;
  after: string | undefined;
}

/** Leaves that differ, in the order of the paths of the first, then of the second. */
export function leaves(before: unknown, after: unknown): Leaf[] {
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    const [a, b] = [old.get(path), now.get(path)];
    return a === b ? [] : [{ path, before: a, after: b }];
  });
}

function flat(value: unknown, path = "", into = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) {
    value.forEach((item, index) => flat(item, `${path}[${index}]`, into));
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      flat(item, path === "" ? key : `${path}.${key}`, into);
    }
  } else if (value !== undefined) {
    into.set(path, typeof value === "string" ? value : JSON.stringify(value));
  }
  return into;
}

/** Texts up to this length are shown whole. */
const SHORT = 80;

/** Characters of what is the same that stand beside what differs. */
const CONTEXT = 32;

/** The part of two long texts that differs, with a little around it. */
export function changedPart(before: string, after: string): [before: string, after: string] {
  if (before.length <= SHORT && after.length <= SHORT) return [before, after];
  const [a, b] = [before, after].map(
    (text) =>
      text
        .replace(/\s+/g, " ")
        .trim()
        .match(/\w+|\W/g) ?? [],
  );
  if (a === undefined || b === undefined) return [before, after];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (
    end < a.length - start &&
    end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  ) {
    end++;
  }
  const lead = a.slice(0, start).join("");
  const tail = a.slice(a.length - end).join("");
  const shown = (tokens: string[]): string => {
    const middle = tokens.slice(start, tokens.length - end).join("");
    const left = lead.length > CONTEXT ? `…${lead.slice(-CONTEXT)}` : lead;
    const right = tail.length > CONTEXT ? `${tail.slice(0, CONTEXT)}…` : tail;
    return `${left}${middle}${right}`;
  };
  return [shown(a), shown(b)];
}

/** Lines compared at most, in what is left between the same beginning and the same end. */
const MOST_LINES = 1500;

/** Lines that went (`-`) and came (`+`), with `around` lines of what is the same beside them. */
export function diffLines(before: string, after: string, around = 1): string[] {
  const [a, b] = [before, after].map((text) => text.replace(/\n$/, "").split("\n"));
  if (a === undefined || b === undefined || before === after) return [];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const middle = merged(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const all = [
    ...a.slice(Math.max(0, start - around), start).map((line) => `  ${line}`),
    ...middle,
    ...a.slice(a.length - end, a.length - end + around).map((line) => `  ${line}`),
  ];
  return withoutLongSame(all, around);
}

/** By the longest common subsequence. */
function merged(a: string[], b: string[]): string[] {
  if (a.length > MOST_LINES || b.length > MOST_LINES) {
    return [...a.map((line) => `- ${line}`), ...b.map((line) => `+ ${line}`)];
  }
  const width = b.length + 1;
  const length = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => length[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const out: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(`  ${a[i]}`);
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) {
      out.push(`- ${a[i++]}`);
    } else out.push(`+ ${b[j++]}`);
  }
  return out;
}

function withoutLongSame(lines: string[], around: number): string[] {
  const near = (index: number): boolean =>
    lines
      .slice(Math.max(0, index - around), index + around + 1)
      .some((line) => !line.startsWith("  "));
  return lines.flatMap((line, index) => {
    if (near(index)) return [line];
    return index > 0 && near(index - 1) ? ["  …"] : [];
  });
}

/** Items by what `keyOf` says of them, in the order in which they come. */
export function grouped<T>(items: T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const own = groups.get(key);
    if (own === undefined) groups.set(key, [item]);
    else own.push(item);
  }
  return [...groups];
}

/** A map without some of its keys. */
export function without<T extends object, K extends keyof T>(map: T, ...keys: K[]): Omit<T, K> {
  return Object.fromEntries(
    Object.entries(map).filter(([key]) => !keys.includes(key as K)),
  ) as Omit<T, K>;
}
