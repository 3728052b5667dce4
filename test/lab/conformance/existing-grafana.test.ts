/** Content in a Grafana that others use too, with a token of a service account, by the real engine. */
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GrafanaContent } from "../../../components/grafana-content";
import { alertGroups } from "../../../rules";
import { inventory, links } from "../../rules/alert-case";
import { pluginsUnderTest, TestStack } from "../../support/engine-tools";
import { dashboard, StandIn, type Answer } from "../../unit/grafana-stand-in.kit";

const PROVISIONING = "/api/v1/provisioning";

// The server is our stand-in: that a real one keeps the rest apart is not proven here.
describe.each(pluginsUnderTest("grafana"))("the $kind grafana plugin", (plugins) => {
  let server: StandIn;
  let stack: TestStack;
  let token: string;
  /** What others have there. */
  let theirs: string;

  beforeAll(async () => {
    server = await StandIn.start();
    stack = await TestStack.make(plugins);
    await make("POST", "/api/folders", { uid: "theirs", title: "Theirs" });
    const source = { uid: "prom", name: "Theirs", type: "prometheus", url: "http://theirs:9090" };
    await make("POST", "/api/datasources", { ...source, access: "proxy" });
    const model = { dashboard: dashboard({ uid: "theirs" }), folderUid: "theirs" };
    await make("POST", "/api/dashboards/db", model);
    const mail = { name: "mail", type: "email", settings: { addresses: "a@example.org" } };
    await make("POST", `${PROVISIONING}/contact-points`, mail);
    await make("PUT", `${PROVISIONING}/policies`, { receiver: "mail" });
    const ours = { name: "flower-monitoring", role: "Admin" };
    const account = await make("POST", "/api/serviceaccounts", ours);
    const tokens = `/api/serviceaccounts/${String(account["id"])}/tokens`;
    token = String((await make("POST", tokens, { name: "pulumi" }))["key"]);
    theirs = JSON.stringify(server.store.state);
  });
  afterAll(async () => {
    await stack.remove();
    server.stop();
  });

  async function make(method: string, path: string, given: object): Promise<Answer["body"]> {
    const { status, body, text } = await server.ask(method, path, given);
    expect(status, text).toBeLessThan(300);
    return body;
  }

  const program =
    (auth = token) =>
    () => {
      new GrafanaContent("grafana", {
        url: server.url,
        auth: pulumi.secret(auth),
        folder: { uid: "fl", title: "Federated learning" },
        prometheusUrl: "http://10.0.0.10:9090",
        alertmanagerUrl: "http://10.0.0.10:9093",
        alerts: alertGroups(inventory),
        routedBy: "rules",
        links,
        dashboards: inventory,
        ready: [],
      });
      return Promise.resolve({});
    };

  test("up puts all of it into one folder; the tree of policies stays as it is", async () => {
    const { error } = await stack.up(program());
    expect(error).toBeUndefined();
    const { state } = server.store;
    const folders = new Set(state.dashboards.map(({ folderUid }) => folderUid));
    expect([...folders].sort()).toEqual(["fl", "theirs"]);
    expect(new Set(state.ruleGroups.map(({ folderUid }) => folderUid))).toEqual(new Set(["fl"]));
    expect(state.policies).toEqual((JSON.parse(theirs) as typeof state).policies);
  });

  test("each rule names the way to our Alertmanager itself", () => {
    const rules = server.store.state.ruleGroups.flatMap((group) => group.rules);
    expect(rules.length).toBe(alertGroups(inventory).flatMap(({ alerts }) => alerts).length);
    const names = rules.map(
      (rule) => (rule["notification_settings"] as { receiver: string }).receiver,
    );
    const [ours] = server.store.state.contactPoints.filter(({ name }) => name !== "mail");
    expect(ours).toMatchObject({ settings: { url: "http://10.0.0.10:9093" } });
    expect(new Set(names)).toEqual(new Set([ours?.name]));
  });

  test("a second up changes nothing", async () => {
    const { changes } = await stack.up(program());
    expect(Object.keys(changes)).toEqual(["same"]);
  });

  test("destroy leaves what others have, exactly", async () => {
    const { error } = await stack.destroy();
    expect(error).toBeUndefined();
    // Numbers are given once.
    const { nextId } = JSON.parse(theirs) as { nextId: number };
    expect({ ...server.store.state, nextId }).toEqual(JSON.parse(theirs));
  });

  test("a token that is not known is refused, and not shown", async () => {
    const wrong = "glsa_00000000000000000000000000000000_00000000";
    const { error, messages } = await stack.up(program(wrong));
    expect(error).toBeDefined();
    expect(messages.join("\n")).toContain("401");
    expect(messages.join("\n") + error).not.toContain(wrong);
  });
});
