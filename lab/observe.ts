import { getJson, instantQuery, type Sample } from "../runner/status/ask";
import { hostOf, type Lab } from "./layout";

/** An alert as Alertmanager's webhook delivered it. */
export interface Delivered {
  status: "firing" | "resolved";
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
  /** When the receiver got it, ISO time. */
  receivedAt: string;
}

/** The monitoring VM's address; its ports are the example's. */
export function monitorUrl(lab: Lab, port: number): string {
  const monitor = hostOf(lab, "monitor");
  return `http://${monitor.address}:${port}`;
}

/** An instant query to the lab's Prometheus. */
export function query(lab: Lab, expr: string): Promise<Sample[]> {
  return instantQuery(monitorUrl(lab, 9090), expr);
}

/** Samples of a time that began before what is tried now: data that was kept is counted in it. */
export const SAMPLES = 'sum(count_over_time(up{job="prometheus"}[2h]))';

/** What the receiver got so far, oldest first, one entry per alert and notification. */
export async function delivered(lab: Lab): Promise<Delivered[]> {
  const payloads = (await getJson(lab.receiver.url)) as {
    receivedAt: string;
    payload?: { alerts: Omit<Delivered, "receivedAt">[] };
  }[];
  return payloads.flatMap(({ receivedAt, payload }) =>
    (payload?.alerts ?? []).map((alert) => ({ ...alert, receivedAt })),
  );
}

/** Forgets what the receiver got. */
export async function forgetDelivered(lab: Lab): Promise<void> {
  await fetch(lab.receiver.url, { method: "DELETE", signal: AbortSignal.timeout(5_000) });
}

/**
 * Asks again, each second, until `check` is content or the time is up.
 *
 * @param what named in the error, with the last answer.
 */
export async function eventually<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T>,
  check: (answer: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (check(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      const text = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`${what}: not so after ${seconds} s; last seen: ${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
