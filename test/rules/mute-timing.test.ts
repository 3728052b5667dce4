/** What a real Alertmanager keeps to itself at the times that the config names, and tells after. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AlertingConfig } from "../../components/config/schema";
import { eventually } from "../../lab/observe";
import { getJson } from "../../runner/status/ask";
import { QUIET, startAlertmanager, type AlertmanagerServer } from "../../lab/servers/alertmanager";
import { startHttpSink, type HttpSink } from "../support/http-sink";

let http: HttpSink;
let server: AlertmanagerServer;

const alert = (alertname: string, severity: string) => ({
  labels: { alertname, severity, federation: "demo", site: "hospital-1" },
});

/** Warnings and what is critical, to a default, a team and a site; muted in these years. */
function alerting(years: string): AlertingConfig {
  const receivers = ["default", "team", "site"].map((name) => ({
    name,
    verify: false,
    webhook: { url: `${http.url}/${name}` },
  }));
  return {
    ...QUIET,
    receivers,
    defaultReceiver: "default",
    routing: { critical: ["team"] },
    sites: { "hospital-1": ["site"] },
    muteTimings: [{ name: "off", severities: ["warning"], intervals: [{ years: [years] }] }],
  };
}

beforeAll(async () => {
  http = await startHttpSink();
});
afterAll(() => http.stop());

/** Who was told of what, once the critical alert is through. */
async function told(): Promise<string[]> {
  await server.post([alert("Slow", "warning"), alert("Lost", "critical")]);
  const seen = (): string[] =>
    ["/default", "/team", "/site"].flatMap((path) =>
      http.got(path).map(({ body }) => {
        const [first] = body["alerts"] as { labels: Record<string, string> }[];
        return `${path} ${first?.labels["alertname"]}`;
      }),
    );
  const critical = ["/team Lost", "/site Lost"];
  return eventually(
    "the critical alert is told",
    15,
    () => Promise.resolve(seen()),
    (got) => critical.every((one) => got.includes(one)),
  );
}

/** Receivers of the warning, each with the mute timings that keep it from them. */
async function mutes(): Promise<Record<string, string[]>> {
  const filter = encodeURIComponent('alertname="Slow"');
  const groups = (await getJson(`${server.url}/api/v2/alerts/groups?filter=${filter}`)) as {
    receiver: { name: string };
    alerts: { status: { mutedBy: string[] } }[];
  }[];
  return Object.fromEntries(
    groups.map(({ receiver, alerts: [first] }) => [receiver.name, first?.status.mutedBy ?? []]),
  );
}

describe("at a time that mutes warnings", () => {
  beforeAll(async () => {
    server = await startAlertmanager(alerting("2020:2099"));
  });
  afterAll(() => server.stop());

  test("nobody is told of them, a site neither; what is critical is told", async () => {
    expect((await told()).sort()).toEqual(["/site Lost", "/team Lost"]);
    const muted = await eventually("Alertmanager says that it is muted", 15, mutes, (got) =>
      Object.values(got).every((names) => names.length > 0),
    );
    expect(muted).toEqual({ default: ["off"], site: ["off"] });
  });
});

describe("at any other time", () => {
  beforeAll(async () => {
    await http.stop();
    http = await startHttpSink();
    server = await startAlertmanager(alerting("2020"));
  });
  afterAll(() => server.stop());

  test("all are told", async () => {
    const all = await eventually("the warning is told", 30, told, (got) => got.length >= 4);
    expect(new Set(all)).toEqual(
      new Set(["/default Slow", "/site Slow", "/site Lost", "/team Lost"]),
    );
  });
});
