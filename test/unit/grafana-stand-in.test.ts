import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dashboard, password, prometheus, StandIn } from "./grafana-stand-in.kit";

let grafana: StandIn;
beforeEach(async () => {
  grafana = await StandIn.start();
});
afterEach(() => grafana.stop());

describe("the Grafana stand-in's door", () => {
  test("health and metrics are open and name a stand-in", async () => {
    const health = await grafana.ask("GET", "/api/health", undefined, "no:one");
    const metrics = await grafana.ask("GET", "/metrics", undefined, "no:one");
    expect(health).toMatchObject({ status: 200, body: { database: "ok" } });
    expect(String(health.body["version"])).toMatch(/-stand-in$/);
    expect(metrics.text).toContain('edition="stand-in"');
  });

  test.each(["admin:wrong", `root:${password}`, "admin:", ""])(
    "%j does not open it",
    async (auth) => {
      for (const path of ["/", "/api/folders", "/api/search"]) {
        expect((await grafana.ask("GET", path, undefined, auth)).status).toBe(401);
      }
    },
  );

  test("the password of the first start stays, as in a real Grafana", async () => {
    const dir = mkdtempSync(join(tmpdir(), "flower-monitoring-grafana-"));
    const first = await StandIn.start(dir, "first");
    first.stop();
    const second = await StandIn.start(dir, "second");
    expect((await second.ask("GET", "/api/folders", undefined, "admin:first")).status).toBe(200);
    expect((await second.ask("GET", "/api/folders", undefined, "admin:second")).status).toBe(401);
    second.stop();
    const file = readFileSync(join(dir, "grafana-stand-in.json"), "utf8");
    expect(file).not.toContain("first");
  });

  test("what is no path of ours is 404, and no JSON is 400", async () => {
    expect((await grafana.ask("GET", "/api/nothing")).status).toBe(404);
    expect((await grafana.ask("PATCH", "/api/folders")).status).toBe(405);
    const response = await fetch(`${grafana.url}/api/folders`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}` },
      body: "{",
    });
    expect(response.status).toBe(400);
  });
});

describe("folders and data sources", () => {
  test("a folder is made, read, renamed, found and deleted", async () => {
    await grafana.ask("POST", "/api/folders", { uid: "f", title: "One" });
    await grafana.ask("PUT", "/api/folders/f", { title: "Two", overwrite: true });
    expect((await grafana.ask("GET", "/api/folders/f")).body).toMatchObject({ title: "Two" });
    const found = await grafana.ask("GET", "/api/search?type=dash-folder");
    expect(found.body).toMatchObject([{ uid: "f", title: "Two" }]);
    await grafana.ask("DELETE", "/api/folders/f");
    expect((await grafana.ask("GET", "/api/folders/f")).status).toBe(404);
  });

  test.each([
    [{ uid: "f", title: "Other" }, 412, "changed by someone else"],
    [{ uid: "g", title: "One" }, 412, "changed by someone else"],
    [{ uid: "a b", title: "x" }, 400, "illegal characters"],
    [{ uid: "x".repeat(41), title: "x" }, 400, "max 40"],
    [{ uid: "g", title: "" }, 400, "title cannot be empty"],
  ])("folder %j is refused with %i", async (body, status, message) => {
    await grafana.ask("POST", "/api/folders", { uid: "f", title: "One" });
    const answer = await grafana.ask("POST", "/api/folders", body);
    expect(answer.status).toBe(status);
    expect(answer.body["message"]).toContain(message);
  });

  test("a data source keeps no secret value and gives none back", async () => {
    const secure = { ...prometheus, secureJsonData: { token: "hidden-word" } };
    await grafana.ask("POST", "/api/datasources", secure);
    const read = await grafana.ask("GET", "/api/datasources/uid/prom");
    expect(read.body).toMatchObject({ name: "Prometheus", secureJsonFields: { token: true } });
    expect(JSON.stringify(grafana.store.state)).not.toContain("hidden-word");
  });

  test.each([
    [{ ...prometheus, uid: "other" }, 409],
    [{ ...prometheus, name: "Other" }, 409],
    [{ ...prometheus, uid: "x", name: "" }, 400],
    [{ ...prometheus, uid: "x", name: "X", url: "prometheus:9090" }, 400],
  ])("data source %j is refused with %i", async (body, status) => {
    await grafana.ask("POST", "/api/datasources", prometheus);
    expect((await grafana.ask("POST", "/api/datasources", body)).status).toBe(status);
  });
});

describe("dashboards", () => {
  beforeEach(async () => {
    await grafana.ask("POST", "/api/datasources", prometheus);
  });
  const save = (model: object, more: object = {}) =>
    grafana.ask("POST", "/api/dashboards/db", { dashboard: model, ...more });

  test("one is kept, read back with its next version, and shown as not drawn", async () => {
    await save(dashboard());
    const saved = await save(dashboard({ tags: ["x"] }), { overwrite: true });
    const read = await grafana.ask("GET", "/api/dashboards/uid/d1");
    const index = await grafana.ask("GET", "/");
    const page = await grafana.ask("GET", "/d/d1/runs");
    expect(saved.body).toMatchObject({ status: "success", uid: "d1", version: 2 });
    expect(read.body).toMatchObject({ dashboard: { tags: ["x"], version: 2 } });
    for (const { text } of [index, page]) {
      expect(text).toContain("dashboards are checked and kept, not drawn");
      expect(text).toContain("Bytes &lt;sent&gt;");
      expect(text).toContain("rate(fl_bytes_sent_total[5m])");
    }
  });

  test("without overwrite, the same uid or title is refused with 412", async () => {
    await save(dashboard());
    expect((await save(dashboard())).body["status"]).toBe("version-mismatch");
    expect((await save(dashboard({ uid: "d2" }))).body["status"]).toBe("name-exists");
  });

  const panel = (more: object): object => {
    const [first] = dashboard()["panels"] as object[];
    return dashboard({ panels: [{ ...first, ...more }] });
  };
  test.each<[string, object]>([
    ["title cannot be empty", dashboard({ title: " " })],
    ["max 40", dashboard({ uid: "x".repeat(41) })],
    ["unknown panel type", panel({ type: "graph3d" })],
    ["24 columns", panel({ gridPos: { x: 20, y: 0, w: 8, h: 8 } })],
    ["24 columns", panel({ gridPos: { x: 0, y: 0, w: 0, h: 8 } })],
    ["gridPos", panel({ gridPos: undefined })],
    ["no data source with uid", panel({ datasource: { uid: "other" } })],
    ["is of type prometheus", panel({ datasource: { uid: "prom", type: "loki" } })],
    ["variable", panel({ datasource: { uid: "${source}" } })],
    ["has no data source", panel({ datasource: undefined })],
    ["is used twice", panel({ targets: [{ refId: "A" }, { refId: "A" }] })],
    ["has no refId", panel({ targets: [{ expr: "up" }] })],
    [
      "is used twice",
      dashboard({ panels: [...(dashboard()["panels"] as []), ...(dashboard()["panels"] as [])] }),
    ],
  ])("refused: %s", async (message, model) => {
    const answer = await save(model);
    expect(answer.status).toBe(400);
    expect(answer.body["message"]).toContain(message);
    expect(grafana.store.state.dashboards).toEqual([]);
  });

  test("a data source variable that the dashboard defines is accepted", async () => {
    const templating = { list: [{ name: "source", type: "datasource", query: "prometheus" }] };
    const model = { ...panel({ datasource: { uid: "${source}" } }), templating };
    expect((await save(model)).status).toBe(200);
  });
});
