/** Values of variables and of Grafana's own macros, by name without the `$`. */
export type Values = Readonly<Record<string, string>>;

/**
 * A query as Grafana would send it: `$name` and `${name}` become their values. Names without a value
 * stay, as they do in Grafana; `$1` of label_replace is one of them.
 */
export function interpolate(text: string, values: Values): string {
  return text.replaceAll(
    /\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g,
    (whole, braced?: string, bare?: string) => values[braced ?? bare ?? ""] ?? whole,
  );
}

/** Everything is chosen, in an hour that is scraped every 15 s. */
export const ALL: Values = {
  federation: ".*",
  site: ".*",
  host: ".*",
  run: ".+",
  __rate_interval: "1m",
  __interval: "15s",
  __range: "1h",
};
