import { note } from "../../runner/progress";
import type { Lab } from "../layout";
import { delivered, eventually, forgetDelivered, type Delivered } from "../observe";
import type { Fault } from "./fault";

/** What came of one fault. */
export interface Result {
  fault: Fault;
  /** Seconds from the fault to the message; undefined where none came. */
  told: number | undefined;
  /** Seconds from the repair to the message that it is over. */
  over: number | undefined;
  /** What else was told meanwhile. */
  others: string[];
  problems: string[];
}

/** One fault, from its cause to the message that it is over. */
export async function suffer(lab: Lab, fault: Fault, say: (text: string) => void): Promise<Result> {
  const problems: string[] = [];
  const secondsUntil = async (
    what: string,
    limit: number,
    so: (alerts: Delivered[]) => boolean,
  ): Promise<number | undefined> => {
    const since = Date.now();
    try {
      await eventually(what, limit, () => delivered(lab), so);
      return Math.round((Date.now() - since) / 1000);
    } catch {
      const heard = (await delivered(lab)).map((alert) => `${alert.status} ${nameOf(alert)}`);
      problems.push(`not ${what} within ${limit} s; heard: ${heard.join(", ") || "nothing"}`);
      return undefined;
    }
  };
  await forgetDelivered(lab);
  await fault.inject(lab);
  const told = await secondsUntil("told", fault.tells, isTold(fault, Date.now()));
  say(`told after ${told ?? "?"} s`);
  await fault.heal(lab);
  const over =
    told === undefined
      ? undefined
      : await secondsUntil("over", fault.ends, isOver(fault, Date.now()));

  const all = await delivered(lab);
  const times = new Set(told === undefined ? [] : firings(fault, all)).size;
  if (times > 1 && fault.silence === undefined) problems.push(`told ${times} times`);
  const others = [...new Set(all.map(nameOf))].filter(
    (name) => name !== fault.alert && name !== "Watchdog",
  );
  for (const other of others.filter((name) => !(fault.also ?? []).includes(name))) {
    problems.push(`${other} was told too`);
  }
  if (problems.length > 0) note(problems.join("; "));
  return { fault, told, over, others, problems };
}

const nameOf = ({ labels }: Delivered): string => labels["alertname"] ?? "";

function isTold(fault: Fault, since: number): (alerts: Delivered[]) => boolean {
  const { silence } = fault;
  if (silence === undefined) return (alerts) => mine(fault, alerts, "firing").length > 0;
  return (alerts) => {
    const heard = mine(fault, alerts, "firing").map(({ receivedAt }) => Date.parse(receivedAt));
    return Date.now() - Math.max(since, ...heard) > silence * 1000;
  };
}

function isOver(fault: Fault, since: number): (alerts: Delivered[]) => boolean {
  if (fault.silence === undefined) return (alerts) => mine(fault, alerts, "resolved").length > 0;
  return (alerts) =>
    mine(fault, alerts, "firing").some(({ receivedAt }) => Date.parse(receivedAt) > since);
}

function mine(
  { alert, labels: wanted = {} }: Fault,
  alerts: Delivered[],
  status: Delivered["status"],
): Delivered[] {
  return alerts.filter(
    ({ status: is, labels }) =>
      is === status &&
      Object.entries({ alertname: alert, ...wanted }).every(
        ([key, value]) => labels[key] === value,
      ),
  );
}

/** A message is sent again when another alert of its group joins: one beginning counts once. */
function firings(fault: Fault, alerts: Delivered[]): string[] {
  return mine(fault, alerts, "firing").map(
    ({ labels, startsAt }) => `${JSON.stringify(labels)} ${startsAt}`,
  );
}
