import { note, step } from "../../runner/progress";
import type { Lab } from "../layout";
import { delivered, eventually, type Delivered } from "../observe";
import type { Fault } from "./fault";

/** What came of one fault. */
export interface Result {
  fault: Fault;
  /** Seconds from the fault to the message; undefined where none came. */
  told?: number;
  /** Seconds from the repair to the message that it is over. */
  over?: number;
  problems: string[];
}

/** Faults one after the other; those whose end takes long are waited for at the end. */
export async function sufferAll(lab: Lab, faults: readonly Fault[]): Promise<Result[]> {
  const results: Promise<Result>[] = [];
  for (const fault of faults) {
    const { healed, result } = suffer(lab, fault);
    results.push(result);
    await (fault.endsSlowly === true ? healed : result);
  }
  return Promise.all(results);
}

/** One fault, from its cause to the message that it is over. */
function suffer(lab: Lab, fault: Fault): { healed: Promise<unknown>; result: Promise<Result> } {
  const result: Result = { fault, problems: [] };
  const began = Date.now();
  const heard = async (): Promise<Delivered[]> =>
    (await delivered(lab)).filter((alert) => isOf(fault, alert) && received(alert) >= began);
  const secondsUntil = async (
    what: string,
    limit: number,
    so: (alerts: Delivered[]) => boolean,
  ): Promise<number | undefined> => {
    const since = Date.now();
    try {
      await eventually(what, limit, heard, so);
      return Math.round((Date.now() - since) / 1000);
    } catch {
      result.problems.push(`not ${what} within ${limit} s`);
      return undefined;
    }
  };
  // A fault that cannot be made, or mended, is its own alone.
  const done = (what: string, action: Promise<unknown>): Promise<unknown> =>
    action.catch((error: Error) => result.problems.push(`cannot ${what} it: ${error.message}`));
  const told = async (): Promise<void> => {
    await done("make", fault.inject(lab));
    const seconds = await secondsUntil("told", fault.tells, isTold(fault, began));
    await done("mend", fault.heal(lab));
    if (seconds !== undefined) result.told = seconds;
  };
  const over = async (healed: number): Promise<void> => {
    const seconds = await secondsUntil("over", fault.ends, isOver(fault, healed));
    const times = new Set((await heard()).filter(isFiring).map(beginning)).size;
    if (times > 1 && fault.silence === undefined) result.problems.push(`told ${times} times`);
    if (seconds !== undefined) result.over = seconds;
  };
  const healed = step(`${fault.name}: told`, told);
  return {
    healed,
    result: healed
      .then(() => (result.told === undefined ? undefined : over(Date.now())))
      .then(() => {
        note(`${fault.name}: told ${result.told ?? "not"}, over ${result.over ?? "not"} s`);
        return result;
      }),
  };
}

function isTold(fault: Fault, since: number): (alerts: Delivered[]) => boolean {
  const { silence } = fault;
  if (silence === undefined) return (alerts) => alerts.some(isFiring);
  return (alerts) => Date.now() - Math.max(since, ...alerts.map(received)) > silence * 1000;
}

function isOver(fault: Fault, healed: number): (alerts: Delivered[]) => boolean {
  if (fault.silence === undefined) return (alerts) => alerts.some((alert) => !isFiring(alert));
  return (alerts) => alerts.some((alert) => isFiring(alert) && received(alert) > healed);
}

const received = ({ receivedAt }: Delivered): number => Date.parse(receivedAt);

const isFiring = ({ status }: Delivered): boolean => status === "firing";

/** A message is sent again when another alert of its group joins: one beginning counts once. */
const beginning = ({ labels, startsAt }: Delivered): string =>
  `${JSON.stringify(labels)} ${startsAt}`;

function isOf({ alert, labels: wanted = {} }: Fault, { labels }: Delivered): boolean {
  return Object.entries({ alertname: alert, ...wanted }).every(
    ([key, value]) => labels[key] === value,
  );
}
