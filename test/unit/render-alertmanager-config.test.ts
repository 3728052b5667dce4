import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  renderAlertmanagerConfig,
  type AlertmanagerConfigArgs,
} from "../../components/render/alertmanager-config";

const args: AlertmanagerConfigArgs = {
  receivers: [
    { name: "lab", webhook: { url: "http://10.0.0.5/alerts" } },
    { name: "ops", webhook: { urlFile: "/etc/alertmanager/secrets/ops.url" } },
  ],
  defaultReceiver: "lab",
  routes: [],
  timing: { groupWait: "30s", groupInterval: "5m", repeatInterval: "4h" },
};

interface Config {
  route: Record<string, unknown>;
  inhibit_rules: { source_matchers: string[]; target_matchers: string[]; equal: string[] }[];
  receivers: unknown[];
}
function config(changes: Partial<AlertmanagerConfigArgs> = {}): Config {
  return parse(renderAlertmanagerConfig({ ...args, ...changes })[0]?.content ?? "") as Config;
}

describe("alertmanager.yml", () => {
  test("sends what no route takes to the default receiver, one message per problem", () => {
    expect(config().route).toEqual({
      receiver: "lab",
      group_by: ["alertname", "federation"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "4h",
    });
  });

  test("passes the user's routes on as they are, before the default", () => {
    const routes = [{ receiver: "ops", matchers: ['severity="critical"'], continue: true }];
    expect(config({ routes }).route["routes"]).toEqual(routes);
  });

  test("has each receiver once, its URL in plain or as the name of a file, and tells the end", () => {
    expect(config().receivers).toEqual([
      {
        name: "lab",
        webhook_configs: [{ url: "http://10.0.0.5/alerts", send_resolved: true }],
      },
      {
        name: "ops",
        webhook_configs: [{ url_file: "/etc/alertmanager/secrets/ops.url", send_resolved: true }],
      },
    ]);
  });

  test("a critical alert with a host silences the warnings of that host only", () => {
    expect(config().inhibit_rules).toEqual([
      {
        source_matchers: ['severity="critical"', 'host!=""'],
        target_matchers: ['severity="warning"'],
        equal: ["federation", "host"],
      },
    ]);
  });

  test("is one file", () => {
    expect(renderAlertmanagerConfig(args).map(({ path }) => path)).toEqual(["alertmanager.yml"]);
  });
});
