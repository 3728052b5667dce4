import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { grafanaProvider } from "../../lab/plugins/grafana/main";
import { secret, type Props } from "../../lab/plugins/kit/property";
import { dashboard, password, prometheus, rule, StandIn } from "../unit/grafana-stand-in.kit";
import { Driven, type Made } from "./plugins.kit";

const types = {
  folder: "grafana:oss/folder:Folder",
  source: "grafana:oss/dataSource:DataSource",
  dashboard: "grafana:oss/dashboard:Dashboard",
  rules: "grafana:alerting/ruleGroup:RuleGroup",
  point: "grafana:alerting/contactPoint:ContactPoint",
  policy: "grafana:alerting/notificationPolicy:NotificationPolicy",
};

let grafana: StandIn;
let plugin: Driven;
beforeEach(async () => {
  grafana = await StandIn.start();
  plugin = new Driven(grafanaProvider(1), {
    url: grafana.url,
    auth: secret(`admin:${password}`),
    retries: "0",
  });
  await grafana.ask("POST", "/api/datasources", prometheus);
});
afterEach(() => grafana.stop());

const folder = (): Promise<Made> => plugin.create(types.folder, { uid: "f", title: "Folder" });

/** The kit's rule as the program writes it. */
function programRule(more: Props = {}): Props {
  const { title, data, ...rest } = rule() as { title: string; data: { model: object }[] };
  const datas = data.map((query) => ({ ...query, model: JSON.stringify(query.model) }));
  return { ...(rest as Props), name: title, datas: datas, ...more };
}
const group = (more: Props = {}): Props => ({
  name: "g",
  folderUid: "f",
  intervalSeconds: 60,
  rules: [programRule()],
  ...more,
});

describe("the Grafana stand-in plugin", () => {
  test("a folder changes its title in place and its uid by replacement", async () => {
    const made = await folder();
    expect(made.id).toBe("1:f");
    expect(made.state).toMatchObject({
      uid: "f",
      orgId: "1",
      url: expect.stringContaining("/f/f") as string,
    });
    expect(made.diff({ uid: "f", title: "Folder" })).toEqual([]);
    expect(made.diff({ uid: "g", title: "New" })).toEqual(["title", "uid!"]);
    await made.update({ uid: "f", title: "New" });
    expect(grafana.store.state.folders).toMatchObject([{ title: "New" }]);
  });

  test("an existing folder is 412 in the official words, after the retries", async () => {
    await folder();
    await expect(folder()).rejects.toThrow(/failed to create folder: \[POST \/folders\]\[412\]/);
  });

  test("a dashboard is kept without ids and version; its JSON's form means nothing", async () => {
    const model = { ...dashboard(), id: null, version: 7 };
    const inputs = (m: object): Props => ({ configJson: JSON.stringify(m), overwrite: true });
    const made = await plugin.create(types.dashboard, inputs(model));
    const kept = JSON.parse(made.state["configJson"] as string) as Record<string, unknown>;
    expect(kept).not.toHaveProperty("id");
    expect(kept).not.toHaveProperty("version");
    expect((kept["panels"] as object[])[0]).not.toHaveProperty("id");
    expect(
      made.diff({ ...inputs(model), configJson: JSON.stringify(dashboard(), null, 2) }),
    ).toEqual([]);
    expect(made.diff(inputs({ ...model, title: "New" }))).toEqual(["configJson"]);
    expect(made.diff(inputs({ ...model, uid: "other" }))).toEqual(["configJson!"]);
    await made.refresh();
    expect(made.diff(inputs(model))).toEqual([]);
  });

  test("with storeDashboardSha256 the state holds a hash, and unchanged stays unchanged", async () => {
    const config = { url: grafana.url, auth: `admin:${password}`, storeDashboardSha256: "true" };
    const hashing = new Driven(grafanaProvider(), config);
    const inputs = { configJson: JSON.stringify(dashboard()) };
    const made = await hashing.create(types.dashboard, inputs);
    expect(made.state["configJson"]).toMatch(/^[0-9a-f]{64}$/);
    expect(made.diff(inputs)).toEqual([]);
    await made.refresh();
    expect(made.diff(inputs)).toEqual([]);
    expect(made.diff({ configJson: JSON.stringify(dashboard({ title: "New" })) })).toHaveLength(1);
  });

  test("refresh sees an edited and a deleted dashboard", async () => {
    const inputs = { configJson: JSON.stringify(dashboard()) };
    const made = await plugin.create(types.dashboard, inputs);
    await grafana.ask("POST", "/api/dashboards/db", {
      dashboard: dashboard({ title: "Edited" }),
      overwrite: true,
    });
    expect(await made.refresh()).toBe(true);
    expect(made.diff(inputs)).toEqual(["configJson"]);
    await grafana.ask("DELETE", "/api/dashboards/uid/d1");
    expect(await made.refresh()).toBe(false);
  });

  test("a data source's secrets stay secret, and a header may not hide in its JSON", async () => {
    const inputs = {
      uid: "s",
      name: "S",
      type: "loki",
      url: "http://loki:3100",
      jsonDataEncoded: '{"maxLines": 5}',
      secureJsonDataEncoded: '{"token":"hidden-word"}',
    };
    const made = await plugin.create(types.source, inputs);
    expect(made.state["secureJsonDataEncoded"]).toEqual(secret('{"token":"hidden-word"}'));
    expect(made.diff({ ...inputs, jsonDataEncoded: '{ "maxLines" : 5 }' })).toEqual([]);
    const hidden = { ...inputs, jsonDataEncoded: '{"httpHeaderName1":"X"}' };
    expect(() => plugin.check(types.source, hidden)).toThrow(/httpHeaders/);
  });

  test("a rule group is unchanged in other words for the same rules", async () => {
    await folder();
    const made = await plugin.create(types.rules, group());
    expect(made.id).toBe("1:f:g");
    expect(made.state["disableProvenance"]).toBe(false);
    const [query, ...others] = programRule()["datas"] as Props[];
    const model = { ...(JSON.parse(query?.["model"] as string) as object), intervalMs: 1000 };
    const same = { ...query, model: JSON.stringify({ ...model, maxDataPoints: 43200 }, null, 1) };
    const again = programRule({ for: "60s", datas: [same, ...others] });
    expect(made.diff(group({ rules: [again] }))).toEqual([]);
    expect(made.diff(group({ rules: [programRule({ for: "2m" })] }))).toEqual(["rules"]);
    expect(made.diff(group({ name: "h" }))).toEqual(["name!"]);
    await made.refresh();
    expect(made.diff(group())).toEqual([]);
  });

  test("a group that exists already is refused; deleting one that is gone fails", async () => {
    await folder();
    const made = await plugin.create(types.rules, group());
    await expect(plugin.create(types.rules, group())).rejects.toThrow(
      'rule group with name "g" already exists',
    );
    await made.delete();
    await expect(made.delete()).rejects.toThrow(/\[404\]/);
  });

  test("a refused rule group is tried again until the time is up, then shows the server's words", async () => {
    await folder();
    const start = Date.now();
    const refused = plugin.create(types.rules, group({ intervalSeconds: 5 }));
    await expect(refused).rejects.toThrow(/PutAlertRuleGroup \(status 400\).*divided exactly/);
    expect(Date.now() - start).toBeGreaterThan(400);
  });

  test("contact point and policy: clean after refresh, drift seen, policy reset at delete", async () => {
    const alertmanagers = [
      { url: "http://am:9093", basicAuthUser: "u", basicAuthPassword: secret("hidden-word") },
    ];
    const point = await plugin.create(types.point, { name: "out", alertmanagers });
    const policyInputs = {
      contactPoint: "out",
      groupBies: ["alertname"],
      groupWait: "1s",
      policies: [{ matchers: [{ label: "a", match: "=~", value: "b" }], continue: true }],
    };
    const policy = await plugin.create(types.policy, policyInputs);
    expect(JSON.stringify(point.state)).toContain("1b47061264138c4ac30d75fd1eb44270");
    for (const [made, inputs] of [
      [point, { name: "out", alertmanagers }],
      [policy, policyInputs],
    ] as const) {
      expect(made.diff(inputs as Props)).toEqual([]);
      await made.refresh();
      expect(made.diff(inputs as Props)).toEqual([]);
    }
    await grafana.ask("DELETE", "/api/v1/provisioning/policies");
    await policy.refresh();
    expect(policy.diff(policyInputs)).toEqual(
      expect.arrayContaining(["contactPoint", "groupWait", "policies"]),
    );
    await policy.update(policyInputs);
    expect(grafana.store.state.policies).toMatchObject({ receiver: "out" });
    await policy.delete();
    await point.delete();
    expect(grafana.store.state).toMatchObject({ contactPoints: [] });
    expect(grafana.store.state.policies).toBeUndefined();
  });

  test("a changed integration replaces the old one inside its contact point", async () => {
    const inputs = (url: string): Props => ({ name: "out", webhooks: [{ url }] });
    const point = await plugin.create(types.point, inputs("http://one"));
    await point.update(inputs("http://two"));
    expect(grafana.store.state.contactPoints).toMatchObject([{ settings: { url: "http://two" } }]);
    expect(point.diff(inputs("http://two"))).toEqual([]);
  });

  test("a wrong password is tried again, and no error shows it", async () => {
    const config = { url: grafana.url, auth: "admin:hidden-word", retries: "1", retryWait: "1" };
    const wrong = new Driven(grafanaProvider(), config);
    const start = Date.now();
    const refused = wrong.create(types.folder, { title: "x" });
    await expect(refused).rejects.toThrow(/\[401\].*Invalid username or password/);
    await expect(refused).rejects.not.toThrow(/hidden-word/);
    expect(Date.now() - start).toBeGreaterThan(900);
  });

  test("a server that does not listen is connection refused, after the retries", async () => {
    const config = { url: "http://127.0.0.1:9", auth: "admin:x", retries: "1", retryWait: "1" };
    const lost = new Driven(grafanaProvider(), config);
    await expect(lost.create(types.folder, { title: "x" })).rejects.toThrow(
      /Post "http:\/\/127\.0\.0\.1:9\/api\/folders": .*(connection refused|bad port)/,
    );
  });
});
