/** A stack with a secret of every kind, each a word that stands nowhere else: every way out is searched. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changes, type Edit } from "../../../lab/engine";
import { scriptOnHost } from "../../../lab/hosts";
import { eventually, monitorUrl, query } from "../../../lab/observe";
import { run } from "../../../runner/run";
import { alertingExample, SECRETS } from "../../support/alerting-example";
import { npmRun, plainPulumi, program } from "../programs";
import { operate, up, type World } from "../world";

/** The VM's, where nobody listens, so that Alertmanager has something to complain about. */
const NOBODY = "172.31.78.10:9";
const NOWHERE = `http://${NOBODY}`;
const VALUES = Object.fromEntries(
  Object.keys(SECRETS).map((key) => [
    key,
    key.endsWith("Url") ? `${NOWHERE}/canary-${key}` : `canary-${key}`,
  ]),
);
/** In plain, and as base64 has it at each of its three beginnings. */
const CANARY = /canary-|Y2FuYXJ5L|NhbmFyeS|jYW5hcnkt/;

/** The receivers of docs/alerting.md, at addresses where nobody answers. */
const everyReceiver =
  ({ lab }: World): Edit =>
  (config) => {
    const example = alertingExample();
    const receivers = example["receivers"] as Record<string, Record<string, unknown>>[];
    for (const receiver of receivers) {
      delete receiver["verify"];
      Object.assign(receiver["pagerduty"] ?? {}, { apiUrl: NOWHERE });
      Object.assign(receiver["opsgenie"] ?? {}, { apiUrl: `${NOWHERE}/` });
      Object.assign(receiver["slack"] ?? {}, { apiUrl: NOWHERE });
      Object.assign(receiver["email"] ?? {}, { smarthost: NOBODY });
      if (receiver["name"] === ("hook" as unknown)) receiver["webhook"] = { url: lab.receiver.url };
    }
    const { evaluator } = config["alerting"] as { evaluator: string };
    config["alerting"] = { ...example, evaluator, groupWait: "1s", groupInterval: "5s" };
  };

export function canaries(world: () => World): void {
  test("no secret of any kind leaves on any way: output, log, comment, export, state, host, process", async () => {
    const { lab } = world();
    const pulumi = plainPulumi(world());
    const processes = watchProcesses();
    try {
      for (const [key, value] of Object.entries(VALUES)) {
        await pulumi(["config", "set", "--secret", `flower-monitoring:${key}`], value);
      }
      await up(world(), everyReceiver(world()));
      await everyReceiverFails(world());

      const places = { ...(await saidByPrograms(world())), ...(await leftOnMachines(world())) };
      places["processes"] = processes.stop();

      const leaks = Object.entries(places).filter(([, text]) => CANARY.test(text));
      expect(leaks.map(([place]) => place)).toEqual([]);
      const empty = Object.keys(places).filter((place) => places[place] === "");
      expect(empty.filter((place) => !place.startsWith(lab.dir))).toEqual([]);
      expect(places["logs of monitor"]).toContain("Notify");
      expect(places["comment"]).toContain(lab.stack);
    } finally {
      processes.stop();
      for (const key of Object.keys(VALUES)) {
        await pulumi(["config", "rm", `flower-monitoring:${key}`]);
      }
    }
    await up(world());
    expect(changes(await operate(world(), "preview"))).toEqual([]);
  });
}

type Places = Record<string, string>;

/** Everything that a person, a CI job or a reader of a pull request is shown. */
async function saidByPrograms(world: World): Promise<Places> {
  const { lab } = world;
  const pulumi = plainPulumi(world);
  const out = join(lab.dir, "canaries");
  const places: Places = {};
  for (const command of ["preview", "status", "doctor"]) {
    for (const args of [[], ["--json"]]) {
      const { stdout, stderr } = await npmRun(world, command, ...args);
      places[[command, ...args].join(" ")] = stdout + stderr;
    }
  }
  const exported = await npmRun(world, "export", "--out", out);
  expect(exported).toMatchObject({ code: 0 });
  places["export"] = exported.stdout + exported.stderr;
  Object.assign(places, await textsBelow(out));
  const comment = ["--stack", lab.stack, "--base", join(out, "none"), "--head", out];
  places["comment"] = (await program(world, "preview/main.ts", ...comment)).stdout;
  await rm(out, { recursive: true });
  places["stack output"] = await pulumi(["stack", "output", "--json"]);
  places["stack history"] = await pulumi(["stack", "history", "--json"]);
  places["stack export"] = await pulumi(["stack", "export"]);
  return places;
}

/** The APIs of the VM; every log; state with its backups and history, and the stack's file. */
async function leftOnMachines({ lab }: World): Promise<Places> {
  const places = await textsBelow(lab.dir);
  for (const [name, port, path] of [
    ["prometheus", 9090, "/api/v1/status/config"],
    ["alertmanager", 9093, "/api/v2/status"],
  ] as const) {
    places[`${name}'s API`] = await (await fetch(monitorUrl(lab, port) + path)).text();
  }
  const inside =
    "docker inspect $(docker ps --all --quiet)\n" +
    "for c in $(docker ps --all --quiet); do docker logs $c 2>&1; done\n";
  for (const host of lab.hosts) {
    const script = `journalctl --no-pager 2>&1 || :\n${host.name === "monitor" ? inside : ""}`;
    places[`logs of ${host.name}`] = await scriptOnHost(host, script);
  }
  return places;
}

/** Sends an alert that every receiver is told of, and waits until each has failed to. */
async function everyReceiverFails({ lab }: World): Promise<void> {
  const kinds = ["webhook", "email", "slack", "msteamsv2", "pagerduty", "opsgenie"];
  const labels = { alertname: "Canary", federation: "demo", site: "hospital-1" };
  const body = JSON.stringify([{ labels: { ...labels, severity: "critical" } }]);
  await fetch(`${monitorUrl(lab, 9093)}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  await eventually(
    "every kind of receiver fails",
    90,
    () => query(lab, "sum by (integration) (alertmanager_notification_requests_failed_total) > 0"),
    (failing) =>
      kinds.every((kind) => failing.some(({ labels: { integration } }) => integration === kind)),
  );
}

/** Command lines of all processes, of this machine and of the hosts, as they come and go. */
function watchProcesses(): { stop: () => string } {
  const seen = new Set<string>();
  const look = async (): Promise<void> => {
    const { stdout } = await run("ps", ["-eo", "args"]);
    for (const line of stdout.split("\n")) seen.add(line);
  };
  const timer = setInterval(() => void look(), 250);
  return {
    stop() {
      clearInterval(timer);
      return [...seen].join("\n");
    },
  };
}

/** Every file below a directory, also compressed ones as they are. */
async function textsBelow(directory: string): Promise<Places> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path, await readFile(path, "latin1")] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}
