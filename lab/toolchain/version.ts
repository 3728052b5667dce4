/** The numbers of the first `1.2.3` or `1.2` in a text; undefined when there is none. */
export function parseVersion(text: string): [number, number, number] | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return undefined;
  return [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** Same major version and not older: what a command line promises to its callers. */
export function isCompatible(have: string, want: string): boolean {
  const [a, b] = [parseVersion(have), parseVersion(want)];
  if (a === undefined || b === undefined || a[0] !== b[0]) return false;
  return a[1] > b[1] || (a[1] === b[1] && a[2] >= b[2]);
}

/** Same major and minor version: what a rule file or a configuration is checked against. */
export function isSameMinor(have: string, want: string): boolean {
  const [a, b] = [parseVersion(have), parseVersion(want)];
  return a !== undefined && b !== undefined && a[0] === b[0] && a[1] === b[1];
}
