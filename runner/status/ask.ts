/** Questions to Prometheus, Alertmanager and Grafana over their HTTP APIs. */

/** One sample of an instant query. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** Milliseconds that an answer may take. */
const TIMEOUT_MS = 5_000;

/** GETs JSON; a status other than 2xx is an error that carries the answer's text. */
export async function getJson(url: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status} ${await response.text()}`);
  return response.json();
}

/** An instant query to a Prometheus. */
export async function instantQuery(prometheus: string, expr: string): Promise<Sample[]> {
  const url = `${prometheus}/api/v1/query?query=${encodeURIComponent(expr)}`;
  const answer = (await getJson(url)) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return answer.data.result.map(({ metric, value }) => ({
    labels: metric,
    value: Number(value[1]),
  }));
}

/** Why a service gave no answer, in the words of the network where it has some. */
export function whyNot(error: unknown): string {
  const { message, name, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`;
  return cause?.code ?? cause?.message ?? message;
}
