import { markdown, ratio, spread } from "../table";

/** How many times faster than the other side this program should be. */
const GOAL = 5;

/** What one phase took on so many hosts. */
export interface Row {
  hosts: number;
  phase: string;
  /** Of each run, by the side's name. */
  seconds: Record<string, number[]>;
}

/** Both sides as a table, this program last, and how often it met the goal. */
export function comparison([other, own]: [string, string], rows: Row[]): string {
  const ratios: number[] = [];
  const cells = rows.map(({ hosts, phase, seconds }) => {
    const [theirs = [], ours = []] = [seconds[other], seconds[own]];
    const times = ratio(theirs, ours);
    ratios.push(times);
    return [phase, String(hosts), spread(theirs), spread(ours), times.toFixed(1)];
  });
  const met = ratios.filter((times) => times >= GOAL).length;
  return (
    markdown(["seconds, least / median", "hosts", other, own, "times faster"], cells) +
    `\nGoal: at least ${GOAL} times faster; met in ${met} of ${rows.length} rows.`
  );
}
