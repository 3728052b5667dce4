import * as pulumi from "@pulumi/pulumi";
import * as grafana from "@pulumiverse/grafana";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pluginsUnderTest, secretKey, TestStack } from "../../support/engine-tools";
import { dashboard, password, rule, StandIn } from "../../unit/grafana-stand-in.kit";

// The server is our stand-in for both: what is compared is the plugins, not Grafana.
describe.each(pluginsUnderTest("grafana"))("the $kind grafana plugin", (plugins) => {
  let server: StandIn;
  let stack: TestStack;
  beforeAll(async () => {
    server = await StandIn.start();
    stack = await TestStack.make(plugins);
  });
  afterAll(async () => {
    await stack.remove();
    server.stop();
  });
  beforeEach(async () => {
    await stack.destroy();
  });

  const data = (rule()["data"] as { model: object }[]).map((query) => ({
    ...query,
    model: JSON.stringify(query.model),
  })) as unknown as grafana.types.input.alerting.RuleGroupRuleData[];
  const program =
    (title = "Runs") =>
    () => {
      const auth = pulumi.secret(`admin:${password}`);
      const provider = new grafana.Provider("p", {
        url: server.url,
        auth,
        retries: 1,
        retryWait: 1,
      });
      const opts = { provider };
      const folder = new grafana.oss.Folder("f", { uid: "f", title: "Folder" }, opts);
      const source = new grafana.oss.DataSource(
        "s",
        {
          uid: "prom",
          name: "Prometheus",
          type: "prometheus",
          url: "http://prometheus:9090",
          secureJsonDataEncoded: pulumi.secret('{"token":"hidden-word"}'),
        },
        opts,
      );
      const after = { ...opts, dependsOn: source };
      const configJson = JSON.stringify(dashboard({ title }));
      new grafana.oss.Dashboard("d", { folder: folder.uid, configJson, overwrite: true }, after);
      const rules = [{ uid: "r1", name: "Down", condition: "C", for: "60s", datas: data }];
      new grafana.alerting.RuleGroup(
        "g",
        { name: "g", folderUid: folder.uid, intervalSeconds: 60, rules },
        after,
      );
      const alertmanagers = [{ url: "http://alertmanager:9093" }];
      const point = new grafana.alerting.ContactPoint("c", { name: "out", alertmanagers }, opts);
      new grafana.alerting.NotificationPolicy(
        "n",
        { contactPoint: point.name, groupBies: ["alertname"], groupWait: "1s" },
        opts,
      );
      return Promise.resolve({});
    };

  test("the whole set is clean after up, refresh and up, and gone after destroy", async () => {
    const first = await stack.up(program());
    const second = await stack.up(program());
    const refreshed = await stack.refresh();
    const third = await stack.up(program());
    expect(first.error).toBeUndefined();
    expect([second.changes, refreshed.changes, third.changes]).toEqual(Array(3).fill({ same: 8 }));
    const destroyed = await stack.destroy();
    expect(destroyed.error).toBeUndefined();
    expect(server.store.state).toMatchObject({
      folders: [],
      dashboards: [],
      dataSources: [],
      ruleGroups: [],
      contactPoints: [],
    });
  });

  test("a changed dashboard is updated alone", async () => {
    await stack.up(program());
    const changed = await stack.up(program("Rounds"));
    expect(changed.changes).toEqual({ same: 7, update: 1 });
    expect(changed.steps.find((s) => s.op === "update")).toMatchObject({
      type: "grafana:oss/dashboard:Dashboard",
      diff: ["configJson"],
    });
  });

  test("what was edited or deleted by hand is seen by refresh only, and repaired by the next up", async () => {
    await stack.up(program());
    await server.ask("DELETE", "/api/dashboards/uid/d1");
    await server.ask("DELETE", "/api/v1/provisioning/alert-rules/r1");
    await server.ask("DELETE", "/api/v1/provisioning/policies");
    const unaware = await stack.up(program());
    const refreshed = await stack.refresh();
    const repaired = await stack.up(program());
    expect(unaware.changes).toEqual({ same: 8 });
    expect(refreshed.changes).toMatchObject({ delete: 2, update: 1 });
    expect(repaired.changes).toMatchObject({ create: 2, update: 1 });
    expect((await stack.preview(program())).changes).toEqual({ same: 8 });
  });

  test("credentials and secret settings are secret in the state", async () => {
    await stack.up(program());
    const resources = await stack.resources();
    const secret = { [secretKey]: expect.anything() as unknown };
    const provider = resources.find((r) => r.type === "pulumi:providers:grafana");
    const source = resources.find((r) => r.type === "grafana:oss/dataSource:DataSource");
    expect(provider).toMatchObject({ inputs: { auth: secret } });
    expect(source).toMatchObject({ outputs: { secureJsonDataEncoded: secret } });
  });

  test("a folder that exists already fails with 412", async () => {
    await server.ask("POST", "/api/folders", { uid: "f", title: "Folder" });
    const failed = await stack.up(program());
    await server.ask("DELETE", "/api/folders/f");
    expect(failed.messages.join("\n")).toMatch(/failed to create folder: .*412/);
  });
});
