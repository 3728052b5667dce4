/** What a real Alertmanager holds back with the configuration that the program pushes. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderAlertmanagerConfig } from "../../components/render/alertmanager-config";
import { alertmanagerTools } from "../../lab/toolchain/prometheus";

let server: ChildProcess;
let directory: string;
let url: string;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

async function eventually<T>(what: string, get: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const got = await get().catch(() => undefined);
    if (got !== undefined) return got;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${what}: not within 15 s`);
}

beforeAll(async () => {
  const { alertmanager } = await alertmanagerTools();
  directory = await mkdtemp(join(tmpdir(), "flower-monitoring-alertmanager-"));
  const [file] = renderAlertmanagerConfig({
    receivers: [{ name: "nobody", webhook: { url: "http://127.0.0.1:9/" } }],
    defaultReceiver: "nobody",
    routes: [],
    timing: { groupWait: "1s", groupInterval: "5s", repeatInterval: "1h" },
  });
  await writeFile(join(directory, "alertmanager.yml"), file?.content ?? "");
  const address = `127.0.0.1:${await freePort()}`;
  url = `http://${address}`;
  server = spawn(
    alertmanager.path,
    [
      `--config.file=${join(directory, "alertmanager.yml")}`,
      `--storage.path=${directory}`,
      `--web.listen-address=${address}`,
      "--cluster.listen-address=",
    ],
    { stdio: "ignore" },
  );
  await eventually("Alertmanager is ready", async () =>
    (await fetch(`${url}/-/ready`)).ok ? true : undefined,
  );
});

afterAll(async () => {
  const ended = once(server, "exit");
  server.kill();
  await ended;
  await rm(directory, { recursive: true });
});

interface Alert {
  labels: Record<string, string>;
  status: { state: "unprocessed" | "active" | "suppressed"; inhibitedBy: string[] };
}

/** A pair of which the second is held back once Alertmanager has taken in everything before it. */
const CONTROL = [
  { alertname: "Control", severity: "critical", host: "control" },
  { alertname: "Held", severity: "warning", host: "control" },
];

/** Sends the alerts of a federation; tells which of them are held back. */
async function suppressed(federation: string, alerts: Record<string, string>[]): Promise<string[]> {
  const labelled = [...alerts, ...CONTROL].map((labels) => ({ labels: { ...labels, federation } }));
  const body = JSON.stringify(labelled);
  const headers = { "content-type": "application/json" };
  await fetch(`${url}/api/v2/alerts`, { method: "POST", headers, body });
  const filter = encodeURIComponent(`federation="${federation}"`);
  const held = await eventually("the control is held back", async () => {
    const got = (await (await fetch(`${url}/api/v2/alerts?filter=${filter}`)).json()) as Alert[];
    const mute = got.filter(({ status }) => status.inhibitedBy.length > 0);
    const names = mute.map(({ labels }) => `${labels["alertname"]} ${labels["host"] ?? "-"}`);
    return names.includes("Held control") && got.length === labelled.length ? names : undefined;
  });
  return held.filter((name) => name !== "Held control").sort();
}

const targetDown = (host: string): Record<string, string> => ({
  ...{ alertname: "TargetDown", severity: "warning", job: "node", host },
});

test("a SuperNode that is offline speaks for the exporter of its own host, and no other", async () => {
  const offline = { alertname: "SuperNodeOffline", severity: "critical", host: "supernode-1" };
  expect(
    await suppressed("named", [offline, targetDown("supernode-1"), targetDown("superlink")]),
  ).toEqual(["TargetDown supernode-1"]);
});

test("a critical alert without a host holds nothing back, warnings without a host least of all", async () => {
  const offline = { alertname: "SuperNodeOffline", severity: "critical", node_id: "33" };
  const own = { alertname: "UsersOwn", severity: "warning" };
  expect(await suppressed("unnamed", [offline, own, targetDown("superlink")])).toEqual([]);
});

test("another federation's critical alert holds nothing back here", async () => {
  const offline = { alertname: "SuperNodeOffline", severity: "critical", host: "supernode-1" };
  await suppressed("theirs", [offline]);
  expect(await suppressed("ours", [targetDown("supernode-1")])).toEqual([]);
});
