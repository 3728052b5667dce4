/**
 * The script that proves receivers, as `pulumi up` runs it, against a real Alertmanager and sinks in the
 * place of the services. Only docker is a double: it runs in this machine what it would run in the
 * container, so that the container's own wget, awk and amtool are not part of the proof here.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ReceiverConfig } from "../../components/config/schema";
import { integrationsOf } from "../../components/render/alertmanager-receivers";
import { renderDeliveryProof } from "../../components/render/delivery-proof";
import { QUIET, startAlertmanager, type AlertmanagerServer } from "../../lab/servers/alertmanager";
import { shells, type Outcome, type Shell } from "../support/fake-vm";
import { startHttpSink, type HttpSink } from "../support/http-sink";
import { startSmtpSink, type SmtpSink } from "../support/smtp-sink";

const { found, missing } = shells();
for (const reason of missing) console.warn(`skipped: delivery proof under ${reason}`);

let http: HttpSink;
let [smtp, closedSmtp]: SmtpSink[] = [];
let server: AlertmanagerServer;
let directory: string;

const SECRET = "T0/B0/secret-path-0123456789";

/** Receivers of one shell: Alertmanager counts by their names, and the shells run at once. */
function receiversOf(shell: Shell): ReceiverConfig[] {
  const hook = (name: string): ReceiverConfig => ({
    name: `${name}-${shell.name}`,
    verify: true,
    webhook: { url: `${http.url}/${name}-${shell.name}` },
  });
  const mail = (sink: SmtpSink | undefined) => ({
    ...{ to: "a@example.org", from: "b@example.org", requireTls: true },
    ...{ smarthost: sink?.address ?? "", ca: sink?.ca },
  });
  return [
    { ...hook("ops"), email: mail(smtp) },
    hook("other"),
    hook("broken"),
    { ...hook("half"), email: mail(closedSmtp) },
    { ...hook("closed"), webhook: { url: "http://127.0.0.1:9/" } },
    { name: `gone-${shell.name}`, verify: true, slack: { urlSecret: "slackUrl" } },
    hook("silenced"),
    hook("forgetful"),
  ];
}

/** Runs the proof of some of a shell's receivers. */
async function prove(shell: Shell, url: string, ...names: string[]): Promise<Outcome> {
  const wanted = names.map((name) => `${name}-${shell.name}`);
  const receivers = receiversOf(shell).filter(({ name }) => wanted.includes(name));
  const script = renderDeliveryProof({
    container: "flower-monitoring-alertmanager",
    url,
    secrets: server.paths.secrets,
    federation: "demo",
    receivers: receivers.map((one) => ({ name: one.name, integrations: integrationsOf(one) })),
    digest: "0123",
  });
  const child = spawn(shell.path, ["-s"], {
    env: {
      PATH: [directory, server.bin, shell.commands].join(delimiter),
      SERVICE_LOG: server.logFile,
      SERVICE_CALLS: join(directory, "calls"),
    },
  });
  const outcome: Outcome = { code: null, signal: null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (outcome.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (outcome.stderr += chunk.toString()));
  child.stdin.end(script);
  [outcome.code] = (await once(child, "close")) as [number | null];
  return outcome;
}

async function silence(matcher: string): Promise<void> {
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const matchers = [{ name: "receiver", value: matcher, isRegex: true, isEqual: true }];
  const body = JSON.stringify({
    ...{ matchers, startsAt: at(0), endsAt: at(5), createdBy: "test", comment: "test" },
  });
  const headers = { "content-type": "application/json" };
  await fetch(`${server.url}/api/v2/silences`, { method: "POST", headers, body });
}

/** What came of each scenario, by shell. They take Alertmanager's time, so all run at once. */
const outcomes = new Map<string, Outcome>();
const seconds = new Map<string, number>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "flower-monitoring-proof-"));
  await copyFile(resolve(__dirname, "../support/service-docker.sh"), join(directory, "docker"));
  await chmod(join(directory, "docker"), 0o755);
  [http, smtp, closedSmtp] = await Promise.all([startHttpSink(), startSmtpSink(), startSmtpSink()]);
  closedSmtp.refuse("550 no such user here");
  const unproven = { name: "unproven", verify: false, webhook: { url: `${http.url}/unproven` } };
  server = await startAlertmanager(
    {
      ...QUIET,
      receivers: [...found.flatMap(receiversOf), unproven],
      defaultReceiver: "unproven",
    },
    { slackUrl: `${http.url}/${SECRET}` },
  );
  http.answer(`/${SECRET}`, { status: 404, body: `Cannot POST /${SECRET}` });
  for (const { name } of found) {
    http.answer(`/broken-${name}`, { status: 500, body: "out of order" });
  }
  await silence("silenced-.*");
  // Takes the test, and then nothing more.
  const forgetting = setInterval(() => {
    for (const path of found.map(({ name }) => `/forgetful-${name}`)) {
      if (http.got(path).length > 0) http.answer(path, { status: 410, body: "gone" });
    }
  }, 50);
  const scenario = async (shell: Shell, what: string, url: string, ...names: string[]) => {
    const since = Date.now();
    outcomes.set(`${shell.name} ${what}`, await prove(shell, url, ...names));
    seconds.set(`${shell.name} ${what}`, (Date.now() - since) / 1000);
  };
  await Promise.all(
    found.flatMap((shell) => [
      scenario(shell, "right", server.url, "ops"),
      scenario(shell, "refused", server.url, "gone"),
      scenario(shell, "mixed", server.url, "other", "broken", "half", "closed"),
      scenario(shell, "silenced", server.url, "silenced"),
      scenario(shell, "forgetful", server.url, "forgetful"),
      scenario(shell, "deaf", "http://127.0.0.1:9", "ops"),
    ]),
  );
  clearInterval(forgetting);
});
afterAll(async () => {
  await server.stop();
  await Promise.all([http.stop(), smtp?.stop(), closedSmtp?.stop()]);
  await rm(directory, { recursive: true });
});

describe.each(found)("under $name", ({ name: shell }) => {
  const outcome = (what: string): Outcome | undefined => outcomes.get(`${shell} ${what}`);
  const lines = (what: string): string[] => (outcome(what)?.stderr ?? "").trim().split("\n").sort();

  test("a receiver that takes the test and its end by all its ways is proven", () => {
    expect(outcome("right")).toMatchObject({
      code: 0,
      stdout: `delivered to ops-${shell} (webhook, email)\n`,
      stderr: "",
    });
    const told = http.got(`/ops-${shell}`).map(({ body }) => body);
    expect(told.map(({ status }) => status)).toEqual(["firing", "resolved"]);
    const labels = { alertname: "FlowerMonitoringDeliveryTest", federation: "demo" };
    const annotations = { summary: `Test: alerts reach the receiver ops-${shell}` };
    expect(told[0]).toMatchObject({ alerts: [{ labels, annotations }] });
    const subjects = (smtp?.mails ?? []).map(({ text }) => /^Subject: (.*)\r$/m.exec(text)?.[1]);
    expect(subjects.filter((subject) => subject?.includes(`ops-${shell}`) === true)).toEqual([
      `[INFO] Test: alerts reach the receiver ops-${shell} (demo)`,
      `[RESOLVED] Test: alerts reach the receiver ops-${shell} (demo)`,
    ]);
  });

  test("a receiver that refuses is named at once, with its words but not its secret", () => {
    expect(outcome("refused")).toMatchObject({ code: 1, stdout: "" });
    expect(outcome("refused")?.stderr).toMatch(
      /^receiver gone-\w+: slack was not told of the test alert: .* status code 404: Cannot POST \/\[secret\]\n$/,
    );
    expect(seconds.get(`${shell} refused`)).toBeLessThan(10);
  });

  test("each that is out of order is named with Alertmanager's reason, those that work are not", () => {
    expect(outcome("mixed")).toMatchObject({ code: 1, stdout: "" });
    expect(lines("mixed")).toEqual([
      expect.stringMatching(/^receiver broken-\w+: webhook was .* status code 500: out of order$/),
      expect.stringMatching(/^receiver closed-\w+: webhook was not .* connection refused$/),
      expect.stringMatching(/^receiver half-\w+: email was not told .* 550 "no such user here"$/),
    ]);
  });

  test("also then the test ends, and those that were told of it hear so", async () => {
    const left = await server.alerts('alertname="FlowerMonitoringDeliveryTest"');
    expect(left.map(({ labels }) => labels["receiver"])).toEqual([]);
    expect(http.got(`/other-${shell}`).at(-1)?.body["status"]).toBe("resolved");
  });

  test("a receiver that takes the test but not its end is told apart", () => {
    expect(outcome("forgetful")?.code).toBe(1);
    expect(lines("forgetful")).toEqual([
      expect.stringMatching(
        /^receiver forgetful-\w+: webhook was told of the test alert, but not of its end: .* 410: gone$/,
      ),
    ]);
  });

  test("a silence in the way is suspected", () => {
    expect(outcome("silenced")?.code).toBe(1);
    expect(lines("silenced")).toEqual([
      expect.stringMatching(/^receiver silenced-\w+: webhook was not .* a silence in the way\?$/),
    ]);
    expect(http.got(`/silenced-${shell}`)).toEqual([]);
  });

  test("an Alertmanager that does not answer is named", () => {
    expect(outcome("deaf")?.code).toBe(1);
    expect(lines("deaf")[0]).toMatch(/^flower-monitoring-alertmanager does not answer/);
  });
});

test("nobody else hears of a test", () => {
  expect(http.got("/unproven")).toEqual([]);
});

test("no secret is in an argument", async () => {
  const calls = await readFile(join(directory, "calls"), "utf8");
  expect(calls).toContain("amtool");
  expect(calls).not.toContain("secret-path");
});
