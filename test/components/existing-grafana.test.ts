import { beforeAll, describe, expect, test } from "vitest";
import { runProgram, type ProgramRun } from "../support/example-program";
import { byName } from "../support/registrations";
import type { Editable } from "../unit/config-fixture";

describe("a stack with a Grafana that is there already", () => {
  let run: ProgramRun;
  beforeAll(async () => {
    const edit = (raw: Editable): void => {
      Reflect.deleteProperty(raw, "grafanaAdminPassword");
      const grafana = { url: "https://grafana.example.org", authSecret: "grafanaToken" };
      Object.assign(raw as object, { grafana });
      Object.assign(raw["alerting"]!, { evaluator: "grafana" });
    };
    run = await runProgram(edit, { grafanaToken: "glsa_1234567890abcdef" });
  });

  test("runs none of its own, and leaves its tree of policies alone", () => {
    const names = run.registrations.map(({ type, name }) => `${type} ${name}`);
    expect(names.filter((it) => /monitoring-grafana|NotificationPolicy/.test(it))).toEqual([]);
    const dashboards = names.filter((it) => it.startsWith("grafana:oss/dashboard:Dashboard "));
    expect(dashboards.length).toBeGreaterThan(12);
  });

  test("gives it published addresses, and alerts and outputs its own", () => {
    expect(byName(run, "grafana-prometheus").inputs["url"]).toBe("http://172.31.77.10:9090");
    expect(run.outputs["urls"]).toMatchObject({ grafana: "https://grafana.example.org" });
    const group = JSON.stringify(byName(run, "grafana-rules-monitoring").inputs);
    expect(group).toContain("https://grafana.example.org/d/flower-monitoring-");
  });
});
