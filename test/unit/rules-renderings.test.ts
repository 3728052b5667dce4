/** An alert means the same whoever evaluates it: the Prometheus rule and the Grafana rule, side by side. */
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { everyAlert, type Alert, type AlertGroup } from "../../rules";
import { renderGrafanaRules, type GrafanaRule } from "../../rules/grafana-rules";
import { renderPrometheusRules } from "../../rules/prometheus-rules";
import { inventory, links } from "../rules/alert-case";
import { cases } from "../rules/cases";
import { expand } from "../support/go-template";

interface PrometheusRule {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Values that an expression may have; any of them fires. */
const VALUES = [
  0,
  -3,
  0.9512345,
  12.3456,
  1_500_000,
  86_461.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
];

/** Both renderings of an alert. */
function render(alert: Alert): { prometheus: PrometheusRule; grafana: GrafanaRule } {
  const group: AlertGroup = { name: "g", alerts: [alert] };
  const file = parse(renderPrometheusRules([group], links)) as {
    groups: { rules: PrometheusRule[] }[];
  };
  const [prometheus] = file.groups[0]?.rules ?? [];
  const [grafana] = renderGrafanaRules(group, links, "prometheus");
  if (prometheus === undefined || grafana === undefined) throw new Error("not rendered");
  return { prometheus, grafana };
}

/** Labels of the series that made an alert fire in a case; promtool has seen each of them. */
function seenLabels(name: string): Record<string, string>[] {
  const fired = (cases[name]?.fires ?? []).flatMap(({ expect: moments }) =>
    Object.values(moments).flat(),
  );
  const texts = fired.map(({ labels: { severity: _severity, ...labels } }) =>
    JSON.stringify(labels),
  );
  return [...new Set(texts)].map((text) => JSON.parse(text) as Record<string, string>);
}

/** Annotations of which the two say different things, or which one of them cannot say. */
function differences(alert: Alert, labels: Record<string, string>): string[] {
  const { prometheus, grafana } = render(alert);
  return Object.entries(prometheus.annotations).flatMap(([key, text]) =>
    VALUES.flatMap((value) => {
      try {
        const one = expand(text, { labels, value }, "prometheus");
        const other = expand(grafana.annotations[key] ?? "", { labels, value }, "grafana");
        return one === other ? [] : [`${key}: ${one} <> ${other}`];
      } catch (error) {
        return [`${key}: ${(error as Error).message}`];
      }
    }),
  );
}

const alerts = everyAlert(inventory).flatMap(({ alerts: of }) => of);

describe.each(alerts.map((alert) => [alert.alert, alert] as const))("%s", (name, alert) => {
  const { prometheus, grafana } = render(alert);

  test("asks the same, waits the same and has the same labels", () => {
    const [query] = grafana.datas;
    expect(grafana.name).toBe(prometheus.alert);
    expect(JSON.parse(query?.model ?? "")).toMatchObject({ expr: prometheus.expr, instant: true });
    expect(grafana.for).toBe(prometheus.for);
    expect(grafana.labels).toEqual(prometheus.labels);
    expect(Object.keys(grafana.annotations)).toEqual(Object.keys(prometheus.annotations));
  });

  test("tells the same", () => {
    const seen = seenLabels(name);
    expect(seen.length).toBeGreaterThan(0);
    for (const labels of seen) expect(differences(alert, labels)).toEqual([]);
  });

  test("is quiet without a series, and is an error where the query fails, in Grafana as in Prometheus", () => {
    expect(grafana).toMatchObject({ noDataState: "OK", execErrState: "Error", condition: "C" });
  });
});

describe("the comparison would notice", () => {
  const alert: Alert = {
    alert: "TooHot",
    expr: "temperature > 80",
    for: "5m",
    severity: "warning",
    summary: "it is too hot",
    description: "",
    dashboard: "federation",
  };
  const labels = { gpu: "3" };

  test.each([
    ["a label that is missing", "{{ $labels.site }}", "summary:  <> [no value]"],
    ["a function that gives nothing in Grafana", '{{ query "up" }}', "query: gives nothing"],
    ["an address that differs", "{{ externalURL }}", "externalURL: is Prometheus' address"],
    ["a function that nobody has looked at", "{{ title $labels.gpu }}", "title is not among"],
    ["another variable", "{{ $externalLabels.x }}", "prometheus has no $externalLabels.x"],
    ["a value that Go cannot compare", "{{ if gt $value 5 }}x{{ end }}", "cannot be compared"],
    [
      "a comparison with what is missing",
      '{{ if eq $labels.site "" }}x{{ end }}',
      "summary: x <> ",
    ],
    ["an if without end", "{{ if $labels.gpu }}x", "no end"],
    ["an end without if", "x{{ end }}", "without an if"],
    ["an action that is cut", "{{ $labels.gpu", "does not end"],
  ])("%s", (_what, summary, fault) => {
    expect(differences({ ...alert, summary }, labels).join("\n")).toContain(fault);
  });

  test.each([
    ["a number", "{{ $value }} is {{ $value | humanize }}"],
    ["a label that is asked for before", "{{ if $labels.site }} at {{ $labels.site }}{{ end }}"],
    ["a choice", "{{ if $labels.site }}a{{ else if eq $labels.gpu `3` }}b{{ else }}c{{ end }}"],
  ])("and finds nothing in %s", (_what, text) => {
    const summary = text.replaceAll("`", '"');
    expect(differences({ ...alert, summary }, labels)).toEqual([]);
  });

  test("a link whose label the series lacks is the same in both", () => {
    expect(differences({ ...alert, link: ["site"] }, labels)).toEqual([]);
    const { annotations } = render({ ...alert, link: ["site"] }).grafana;
    const data = { labels: { site: "a b" }, value: 1 };
    expect(expand(annotations["dashboard"] ?? "", data, "grafana")).toMatch(/\?var-site=a\+b$/);
  });
});
