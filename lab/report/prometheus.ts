/** What the report asks of Prometheus' HTTP API. */

/** A series: its labels, and `[Unix seconds, value]`. */
export interface Series {
  labels: Record<string, string>;
  points: [time: number, value: number][];
}

/** A time range, in Unix seconds. */
export interface Window {
  start: number;
  end: number;
  /** Seconds between two points. */
  step: number;
}

export interface Prometheus {
  url: string;
  instant(expr: string, time: number): Promise<Series[]>;
  range(expr: string, window: Window): Promise<Series[]>;
  labelValues(matcher: string, label: string, window: Window): Promise<string[]>;
  /** Seconds between two scrapes, as most jobs have it. */
  scrapeInterval(): Promise<number>;
}

interface Answer<T> {
  status: "success" | "error";
  data: T;
  error?: string;
}

interface Result {
  metric: Record<string, string>;
  value?: [number, string];
  values?: [number, string][];
}

const TIMEOUT_MS = 30_000;

/** @param url where Prometheus is, such as `http://172.31.77.10:9090` */
export function prometheusAt(url: string): Prometheus {
  /** @throws Error with Prometheus' own words, or that nobody answers */
  async function ask<T>(path: string, form: Record<string, string>): Promise<T> {
    const query = new URLSearchParams(form);
    const get = path.startsWith("label/") || path.startsWith("status/");
    const response = await fetch(
      `${url}/api/v1/${path}${get ? `?${String(query)}` : ""}`,
      get
        ? { signal: AbortSignal.timeout(TIMEOUT_MS) }
        : { method: "POST", body: query, signal: AbortSignal.timeout(TIMEOUT_MS) },
    );
    const answer = (await response.json()) as Answer<T>;
    if (answer.status !== "success") throw new Error(answer.error ?? `HTTP ${response.status}`);
    return answer.data;
  }
  const series = async (path: string, form: Record<string, string>): Promise<Series[]> => {
    const { result } = await ask<{ result: Result[] }>(path, form);
    return result.map(({ metric, value, values }) => ({
      labels: metric,
      points: (values ?? (value === undefined ? [] : [value])).map(([time, text]) => [
        time,
        numberOf(text),
      ]),
    }));
  };
  const times = ({ start, end }: Window): Record<string, string> => ({
    start: String(start),
    end: String(end),
  });
  return {
    url,
    instant: (query, time) => series("query", { query, time: String(time) }),
    range: (query, window) =>
      series("query_range", { query, step: String(window.step), ...times(window) }),
    labelValues: (matcher, label, window) =>
      ask<string[]>(`label/${label}/values`, { "match[]": matcher, ...times(window) }),
    scrapeInterval: async () => {
      const { yaml } = await ask<{ yaml: string }>("status/config", {});
      const [, amount = "1", unit = "m"] = /scrape_interval: (\d+)(ms|s|m)/.exec(yaml) ?? [];
      return Number(amount) * { ms: 0.001, s: 1, m: 60 }[unit as "ms" | "s" | "m"];
    },
  };
}

/** Prometheus writes `+Inf`, which JavaScript spells otherwise. */
function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}
