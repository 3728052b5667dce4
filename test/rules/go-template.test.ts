/** The reader of templates in test/support says what Prometheus' own says, by promtool. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { prometheusTools } from "../../lab/toolchain/prometheus";
import { run } from "../../runner/run";
import { expand } from "../support/go-template";
import { FUNCTIONS } from "../support/go-template/functions";

const VALUES = [
  ...[0, 1, -3, 2.5, 0.9512345, 12.3456, 1234.5, 999_999, 1_500_000, 1e18, 0.00001234],
  ...[59.9, 86_461.5, -3700, 1_073_741_824, Number.NaN, Number.POSITIVE_INFINITY],
];

const labels = { host: "super-node 1/ä(b)", role: "SuperNode" };

/** Each function once or more; the values are those of the alert. */
const TEXTS: Record<string, string> = {
  value: "{{ $value }} {{- $value -}} {{ $labels.nothing }}|",
  humanize: "{{ $value | humanize }} {{ humanize1024 $value }} {{ $value | humanizePercentage }}",
  duration: "{{ humanizeDuration $value }}",
  printf: '{{ printf "%.0f %.2f %.3g %v %s%%" $value $value $value $value $labels.host }}',
  piped: '{{ $value | printf "%.1f" | toUpper }}',
  query: "{{ $labels.host | urlquery }} {{ toLower $labels.role }} {{ toUpper $labels.role }}",
  logic: [
    "{{ if and $labels.host (not $labels.nothing) }}a{{ else }}b{{ end }}",
    '{{ if or (eq $labels.role "x" "SuperNode") $labels.nothing }}c{{ end }}',
    '{{ if ne $labels.role "SuperNode" }}d{{ else if $labels.nothing }}e{{ else }}f{{ end }}',
    "{{ if lt $value 0.5 }}g{{ end }}{{ if le $value 2.5 }}h{{ end }}",
    "{{ if gt $value 0.5 }}i{{ end }}{{ if ge $value 2.5 }}j{{ end }}",
    '{{ if eq $labels.role "SuperNode" }}{{ if $labels.nothing }}k{{ else }}l{{ end }}{{ end }}',
  ].join(" "),
};

test("every function that texts may use is tried", () => {
  const all = Object.values(TEXTS).join(" ");
  const untried = Object.keys(FUNCTIONS).filter((name) => !new RegExp(`\\b${name}\\b`).test(all));
  expect(untried).toEqual([]);
});

test("promtool and the reader say the same", async () => {
  const { promtool } = await prometheusTools();
  const directory = await mkdtemp(join(tmpdir(), "flower-monitoring-templates-"));
  const write = (name: string, content: object): Promise<void> =>
    writeFile(join(directory, name), stringify(content, { lineWidth: 0 }));
  const literal = (value: number): string =>
    (Number.isNaN(value) ? "NaN" : String(value)).replace("Infinity", "Inf");
  const rules = VALUES.map((value, i) => ({
    alert: `T${i}`,
    expr: Object.entries(labels).reduce(
      (expr, [name, text]) => `label_replace(${expr}, "${name}", "${text}", "", "")`,
      `vector(${literal(value)})`,
    ),
    annotations: TEXTS,
  }));
  const said = (value: number): Record<string, string> =>
    Object.fromEntries(
      Object.entries(TEXTS).map(([key, text]) => [
        key,
        expand(text, { labels, value }, "prometheus"),
      ]),
    );
  try {
    await write("rules.yml", { groups: [{ name: "g", rules }] });
    await write("test.yml", {
      rule_files: ["rules.yml"],
      tests: [
        {
          alert_rule_test: VALUES.map((value, i) => ({
            eval_time: "1m",
            alertname: `T${i}`,
            exp_alerts: [{ exp_labels: labels, exp_annotations: said(value) }],
          })),
        },
      ],
    });
    await run(promtool.path, ["test", "rules", join(directory, "test.yml")]);
  } finally {
    await rm(directory, { recursive: true });
  }
});
