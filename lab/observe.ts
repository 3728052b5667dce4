import { hostOf, type Lab } from "./layout";

/** One sample of an instant query. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** An alert as Alertmanager's webhook delivered it. */
export interface Delivered {
  status: "firing" | "resolved";
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
}

/** The monitoring VM's address; its ports are the example's. */
export function monitorUrl(lab: Lab, port: number): string {
  const monitor = hostOf(lab, "monitor");
  return `http://${monitor.address}:${port}`;
}

/** Milliseconds that an answer may take; everything here is one hop away. */
const TIMEOUT_MS = 5_000;

/** GETs JSON; a status other than 2xx is an error that carries the answer's text. */
export async function getJson(url: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status} ${await response.text()}`);
  return response.json();
}

/** An instant query to the lab's Prometheus. */
export async function query(lab: Lab, expr: string): Promise<Sample[]> {
  const url = `${monitorUrl(lab, 9090)}/api/v1/query?query=${encodeURIComponent(expr)}`;
  const answer = (await getJson(url)) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return answer.data.result.map(({ metric, value }) => ({
    labels: metric,
    value: Number(value[1]),
  }));
}

/** What the receiver got so far, oldest first, one entry per alert and notification. */
export async function delivered(lab: Lab): Promise<Delivered[]> {
  const payloads = (await getJson(lab.receiver.url)) as { payload?: { alerts: Delivered[] } }[];
  return payloads.flatMap(({ payload }) => payload?.alerts ?? []);
}

/** Forgets what the receiver got. */
export async function forgetDelivered(lab: Lab): Promise<void> {
  await fetch(lab.receiver.url, { method: "DELETE", signal: AbortSignal.timeout(TIMEOUT_MS) });
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
