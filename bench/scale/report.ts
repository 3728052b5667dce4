import { markdown } from "../table";
import type { Life } from "./measure";

const PHASES = ["first", "noop", "destroy"] as const;
const NAMES = { first: "first `up`", noop: "`up` without a change", destroy: "`destroy`" };

/** Seconds by phase and size; the last column compares the last size with the first. */
export function times(title: string, lives: Life[]): string {
  const least = lives[0];
  const most = lives.at(-1);
  if (least === undefined || most === undefined) return "";
  const sizes = lives.map(({ hosts }) => `${hosts.toLocaleString("en")} hosts`);
  const rows = PHASES.map((phase) => [
    NAMES[phase],
    ...lives.map((life) => `${life[phase].toFixed(1)} s`),
    (most[phase] / least[phase]).toFixed(1),
  ]);
  return markdown([title, ...sizes, "times"], rows);
}

/** SSH logins and state, and what one host more costs. */
export function details(lives: Life[]): string {
  const rows = lives.map(({ hosts, logins, stateBytes, more }) => [
    hosts.toLocaleString("en"),
    (logins / hosts).toFixed(2),
    String(more.logins),
    `${more.seconds.toFixed(1)} s`,
    `${Math.round(stateBytes / hosts).toLocaleString("en")} B`,
  ]);
  return markdown(
    ["hosts", "SSH logins a host", "logins of one more", "one host more", "state a host"],
    rows,
  );
}
