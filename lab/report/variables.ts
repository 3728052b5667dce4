/** Values of a dashboard's variables, found as Grafana finds them. */
import { interpolate, type Values } from "../../dashboards/interpolate";
import type { VariableModel } from "./model";
import type { Prometheus, Window } from "./prometheus";

/**
 * All values are chosen where several can be, else the first. One variable's values depend on those of the
 * ones before it.
 *
 * @param liked values that are chosen instead, where one of the variables is about one thing that is liked: a
 *   run belongs to one federation
 */
export async function chosen(
  variables: readonly VariableModel[],
  macros: Values,
  prometheus: Prometheus,
  window: Window,
  liked: Values = {},
): Promise<Values> {
  const isAboutOne = variables.some(({ name, several }) => !several && name in liked);
  let values = macros;
  for (const variable of variables) {
    const options = await optionsOf(variable, values, prometheus, window);
    values = {
      ...values,
      [variable.name]: valueOf(variable, options, isAboutOne ? liked[variable.name] : undefined),
    };
  }
  return values;
}

async function optionsOf(
  { query, regex }: VariableModel,
  values: Values,
  prometheus: Prometheus,
  window: Window,
): Promise<string[]> {
  const asked = interpolate(query, values);
  const [, matcher, label] = /^label_values\((.*), (\w+)\)$/.exec(asked) ?? [];
  if (matcher !== undefined && label !== undefined) {
    return prometheus.labelValues(matcher, label, window);
  }
  const [, expr] = /^query_result\((.*)\)$/.exec(asked) ?? [];
  if (expr === undefined) throw new Error(`not a query of a variable: ${query}`);
  const pattern = new RegExp(regex.slice(1, -1));
  const lines = (await prometheus.instant(expr, window.end)).map(({ labels }) => textOf(labels));
  const found = lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  return [...new Set(found)];
}

/** A series as Grafana writes it for a variable's regular expression. */
function textOf(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.join(",")}}`;
}

function valueOf(
  { several, allValue }: VariableModel,
  options: string[],
  liked: string | undefined,
): string {
  const escaped = (option: string): string => option.replace(/[\\^$.*+?()[\]{}|]/g, "\\\\$&");
  if (liked !== undefined && options.includes(liked)) return escaped(liked);
  if (several && allValue !== undefined) return allValue;
  return several ? `(${options.map(escaped).join("|")})` : escaped(options[0] ?? "");
}
