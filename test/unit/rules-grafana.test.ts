/** What Grafana takes at `up` and fails on only when it evaluates; see docs on evaluators. */
import { describe, expect, test } from "vitest";
import { alertGroups, type Alert, type AlertGroup } from "../../rules";
import { EVALUATION_SECONDS } from "../../rules/evaluation";
import { renderGrafanaRules } from "../../rules/grafana-rules";
import { inventory } from "../rules/alert-case";

const links = { runbooks: "https://wiki.example.org/runbooks", grafana: "http://10.0.0.10:3000" };
const groups = alertGroups(inventory);
const DATASOURCE = "flower-monitoring-prometheus";

const alert: Alert = {
  alert: "TooHot",
  expr: "temperature > 80",
  for: "5m",
  severity: "warning",
  summary: "{{ $labels.gpu }} has {{ $value }}",
  description: '{{ printf "%.1f" $value }} of {{ $value | humanize }}',
  dashboard: "federation",
};

function render(alerts: Alert[]): ReturnType<typeof renderGrafanaRules> {
  return renderGrafanaRules({ name: "g", alerts }, links, DATASOURCE);
}

describe("a Grafana rule", () => {
  test("is exactly this: the query, any value is 1, 1 is firing", () => {
    const [rule] = render([alert]);
    expect(rule).toEqual({
      name: "TooHot",
      uid: "flower-monitoring-toohot",
      condition: "C",
      for: "5m",
      noDataState: "OK",
      execErrState: "Error",
      labels: { severity: "warning" },
      annotations: expect.anything() as unknown,
      datas: [
        {
          refId: "A",
          datasourceUid: DATASOURCE,
          relativeTimeRange: { from: 300, to: 0 },
          model: '{"refId":"A","expr":"temperature > 80","instant":true,"range":false}',
        },
        {
          refId: "B",
          datasourceUid: "__expr__",
          relativeTimeRange: { from: 0, to: 0 },
          model:
            '{"refId":"B","type":"math","expression":"is_number($A) || is_nan($A) || is_inf($A)"}',
        },
        {
          refId: "C",
          datasourceUid: "__expr__",
          relativeTimeRange: { from: 0, to: 0 },
          // The bare name: "$B" fails at evaluation only.
          model:
            '{"refId":"C","type":"threshold","expression":"B",' +
            '"conditions":[{"evaluator":{"type":"gt","params":[0]}}]}',
        },
      ],
    });
  });

  test("has the number where Prometheus has it: $value means another thing in Grafana", () => {
    expect(render([alert])[0]?.annotations).toEqual({
      summary: "{{ $labels.gpu }} has {{ $values.A.Value }}",
      description: '{{ printf "%.1f" $values.A.Value }} of {{ $values.A.Value | humanize }}',
      runbook_url: "https://wiki.example.org/runbooks#toohot",
      dashboard: "http://10.0.0.10:3000/d/flower-monitoring-federation",
    });
  });

  test("with a name as long as a name gets still has a uid that Grafana takes, and its own", () => {
    const long = "SuperNodeHeartbeatMissingForMuchLonger";
    const uids = render([
      { ...alert, alert: `${long}ThanUsual` },
      { ...alert, alert: `${long}ThanEver` },
    ]).map(({ uid }) => uid);
    for (const uid of uids) expect(uid).toMatch(/^[\w-]{1,40}$/);
    expect(new Set(uids).size).toBe(2);
  });
});

describe("the rules that are deployed", () => {
  const rendered = groups.flatMap((group: AlertGroup) =>
    renderGrafanaRules(group, links, DATASOURCE),
  );

  test("have uids of their own", () => {
    const uids = rendered.map(({ uid }) => uid);
    expect(uids.every((uid) => /^flower-monitoring-[\w-]{1,22}$/.test(uid))).toBe(true);
    expect(new Set(uids).size).toBe(uids.length);
  });

  test("are evaluated on Grafana's ticks, and no pause is shorter than one", () => {
    expect(EVALUATION_SECONDS % 10).toBe(0);
    const unit = { s: 1, m: 60, h: 3600 } as const;
    for (const { for: pause } of rendered) {
      const [, number, letter] = /^(\d+)([smh])$/.exec(pause) ?? [];
      const seconds = Number(number) * unit[letter as keyof typeof unit];
      expect(seconds % EVALUATION_SECONDS).toBe(0);
      expect(seconds).toBeGreaterThan(0);
    }
  });

  test("say nothing of fields that older servers ignore, which would never read back the same", () => {
    const fields = new Set(rendered.flatMap((rule) => Object.keys(rule)));
    expect([...fields].sort()).toEqual(
      [
        "name",
        "uid",
        "condition",
        "for",
        "noDataState",
        "execErrState",
        "labels",
        "annotations",
        "datas",
      ].sort(),
    );
  });
});
