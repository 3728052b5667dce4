import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expression, prometheus, rule, StandIn, type Answer } from "./grafana-stand-in.kit";

const api = "/api/v1/provisioning";
let grafana: StandIn;
beforeEach(async () => {
  grafana = await StandIn.start();
  await grafana.ask("POST", "/api/datasources", prometheus);
  await grafana.ask("POST", "/api/folders", { uid: "f", title: "Folder" });
});
afterEach(() => grafana.stop());

const put = (rules: object[], interval = 60, name = "g"): Promise<Answer> =>
  grafana.ask("PUT", `${api}/folder/f/rule-groups/${name}`, { title: name, interval, rules });

describe("rule groups", () => {
  test("one is kept and read back by group and by rule, locked as provisioned", async () => {
    expect((await put([rule()])).status).toBe(200);
    const group = await grafana.ask("GET", `${api}/folder/f/rule-groups/g`);
    const one = await grafana.ask("GET", `${api}/alert-rules/r1`);
    expect(group.body).toMatchObject({ interval: 60, rules: [{ uid: "r1", title: "Down" }] });
    expect(one.body).toMatchObject({ folderUID: "f", ruleGroup: "g", provenance: "api" });
  });

  test("the group goes with its last rule", async () => {
    await put([rule()]);
    await grafana.ask("DELETE", `${api}/alert-rules/r1`);
    expect((await grafana.ask("GET", `${api}/folder/f/rule-groups/g`)).status).toBe(404);
  });

  test("the evaluation endpoint says plainly that nothing is evaluated", async () => {
    await put([rule()]);
    const state = await grafana.ask("GET", "/api/prometheus/grafana/api/v1/rules");
    expect(state.body["warnings"]).toEqual([expect.stringContaining("not evaluated")]);
    expect(state.text).toContain('"health":"not-evaluated"');
  });

  const [a, b, c] = rule()["data"] as [object, object, object];
  const threshold = (more: object): object =>
    expression("C", {
      type: "threshold",
      expression: "A",
      conditions: [{ evaluator: { type: "gt", params: [0] } }],
      ...more,
    });
  test.each<[string, object]>([
    ["title is empty", rule({ title: "" })],
    ["unknown NoData state", rule({ noDataState: "Nothing" })],
    ["unknown Error state", rule({ execErrState: "NoData" })],
    ["no queries or expressions", rule({ data: [] })],
    ["condition cannot be empty", rule({ condition: "" })],
    ["condition D does not exist", rule({ condition: "D" })],
    ["refID 'A' is already used", rule({ data: [a, a, c] })],
    ["refID is not specified", rule({ data: [{ ...a, refId: "" }, b, c] })],
    [
      "relative time range",
      rule({ data: [{ ...a, relativeTimeRange: { from: 0, to: 0 } }, b, c] }),
    ],
    ["relativeTimeRange needs", rule({ data: [{ ...a, relativeTimeRange: undefined }, b, c] })],
    ["no data source with uid", rule({ data: [{ ...a, datasourceUid: "none" }, b, c] })],
    ["dependent node '$A'", rule({ data: [a, threshold({ expression: "$A" })] })],
    ["dependent node 'Z'", rule({ data: [a, threshold({ expression: "Z" })] })],
    ["no condition", rule({ data: [a, threshold({ conditions: [] })] })],
    [
      "must be numbers",
      rule({
        data: [a, threshold({ conditions: [{ evaluator: { type: "gt", params: ["0"] } }] })],
      }),
    ],
    ["math needs a refId", rule({ data: [a, expression("C", { type: "math", expression: "A" })] })],
    ["unknown type", rule({ data: [a, expression("C", { type: "median", expression: "A" })] })],
  ])("refused: %s", async (message, refused) => {
    const answer = await put([refused]);
    expect(answer.status).toBe(400);
    expect(answer.body["message"]).toContain(message);
    expect(grafana.store.state.ruleGroups).toEqual([]);
  });

  test.each([5, 15, 0, -10])("an interval of %i s is refused", async (interval) => {
    expect((await put([rule()], interval)).status).toBe(400);
  });

  test("a title twice in a folder is refused, in one group or two", async () => {
    expect((await put([rule(), rule({ uid: "r2" })])).status).toBe(409);
    await put([rule()]);
    expect((await put([rule({ uid: "r2" })], 60, "other")).status).toBe(409);
  });

  test("a folder that does not exist is refused", async () => {
    const path = `${api}/folder/none/rule-groups/g`;
    const answer = await grafana.ask("PUT", path, { interval: 60, rules: [rule()] });
    expect(answer).toMatchObject({ status: 404, body: { message: "folder does not exist" } });
  });
});

describe("contact points and policies", () => {
  const point = (settings: object, type = "alertmanager"): Promise<Answer> =>
    grafana.ask("POST", `${api}/contact-points`, { name: "out", type, settings });
  const url = "http://alertmanager:9093";

  test("secrets are replaced before they are kept", async () => {
    await point({ url, basicAuthUser: "u", basicAuthPassword: "hidden-word" });
    const list = await grafana.ask("GET", `${api}/contact-points?name=out`);
    expect(list.body).toMatchObject([{ settings: { url, basicAuthPassword: "[REDACTED]" } }]);
    expect(JSON.stringify(grafana.store.state)).not.toContain("hidden-word");
  });

  test("an existing name gets one more integration", async () => {
    await point({ url });
    expect((await point({ url: "http://hook" }, "webhook")).status).toBe(202);
    const list = await grafana.ask("GET", `${api}/contact-points?name=out`);
    expect(list.body).toHaveLength(2);
  });

  test.each<[string, object, string]>([
    ["required field 'url'", {}, "alertmanager"],
    ["required field 'url'", {}, "webhook"],
    ["invalid url", { url: "alertmanager:9093" }, "alertmanager"],
    ["unknown type", { url }, "pigeon"],
  ])("refused: %s", async (message, settings, type) => {
    const answer = await point(settings, type);
    expect(answer.status).toBe(400);
    expect(answer.body["message"]).toContain(message);
  });

  test("a tree is kept whole, reset to Grafana's own, and holds its contact points", async () => {
    const made = await point({ url });
    const tree = { receiver: "out", group_by: ["alertname"], routes: [{ receiver: "out" }] };
    expect((await grafana.ask("PUT", `${api}/policies`, tree)).status).toBe(202);
    const doomed = `${api}/contact-points/${String(made.body["uid"])}`;
    expect((await grafana.ask("DELETE", doomed)).status).toBe(409);
    await grafana.ask("DELETE", `${api}/policies`);
    const reset = await grafana.ask("GET", `${api}/policies`);
    expect(reset.body).toMatchObject({ receiver: "grafana-default-email" });
    expect((await grafana.ask("DELETE", doomed)).status).toBe(202);
  });

  test.each<[string, object]>([
    ["receiver 'none' does not exist", { receiver: "none" }],
    ["must specify a default receiver", {}],
    ["receiver 'none'", { receiver: "out", routes: [{ receiver: "none" }] }],
    ["duplicated label", { receiver: "out", group_by: ["a", "a"] }],
    ["wildcard", { receiver: "out", group_by: ["...", "a"] }],
    ["not a valid duration", { receiver: "out", group_wait: "soon" }],
    ["cannot be zero", { receiver: "out", repeat_interval: "0s" }],
    ["unsupported match", { receiver: "out", routes: [{ object_matchers: [["a", "==", "b"]] }] }],
    ["parsing regexp", { receiver: "out", routes: [{ object_matchers: [["a", "=~", "("]] }] }],
  ])("refused: %s", async (message, tree) => {
    await point({ url });
    const answer = await grafana.ask("PUT", `${api}/policies`, tree);
    expect(answer.status).toBe(400);
    expect(answer.body["message"]).toContain(message);
  });
});
