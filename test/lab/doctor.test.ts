/** `npm run doctor` as a command, with a real engine's config and real sshds on loopback. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DoctorReport } from "../../runner/doctor/report";
import { freePort } from "../../lab/servers/free-port";
import { sshdHere } from "../support/sshd";
import { publicKey, type Raw } from "../unit/config-fixture";
import { addressOf, CANARY, RunnerWorld } from "./runner.kit";

if (!sshdHere) console.log("skipped: no /usr/sbin/sshd (apt-get install openssh-server)");

/** Secrets of the stack; none of them may be in what the doctor prints. */
const SECRETS = {
  grafanaAdminPassword: "canary-grafana-4711",
  opsHook: "http://127.0.0.1:9/canary-hook-4712",
  sudoWord: "canary-sudo-4713",
};

describe.runIf(sshdHere)("npm run doctor", () => {
  let world: RunnerWorld;
  const doctor = (args: string[], env?: NodeJS.ProcessEnv) =>
    world.command(["doctor", ...args], env);

  beforeAll(async () => {
    world = await RunnerWorld.start([2, 3, 4, 5, 6]);
    const { hostKey, port, keyFile } = world.sshd;
    const closed = await freePort();
    world.pin([
      [2, hostKey],
      [3, publicKey()],
      [5, hostKey, closed],
    ]);
    const node = (name: string, octet: number, more: Raw = {}): Raw => ({
      ...{ name, address: addressOf(octet) },
      ...more,
    });
    // SuperLink and SuperNodes: right, another key, no key, nobody there, and gone for good.
    const values = {
      federation: "demo",
      ssh: { privateKeyFile: keyFile, port, sudoPasswordSecret: "sudoWord" },
      monitoring: { docker: "unix:///nowhere/docker.sock" },
      superlink: node("superlink", 2, {
        flower: { python: "/nowhere/python", controlApi: "127.0.0.1:8000", insecure: true },
      }),
      supernodes: [
        node("other-key", 3),
        node("no-key", 4),
        node("away", 5, { port: closed }),
        node("gone", 6, { lost: true }),
      ],
      alerting: { receivers: [{ name: "ops", webhook: { urlSecret: "opsHook" } }] },
      artifacts: { nodeExporter: process.execPath },
    };
    await world.make("trial", values, SECRETS);
  }, 600_000);

  afterAll(() => world.remove());

  it("looks at all hosts, says what each needs, and ends with 1", async () => {
    const { code, stdout, stderr } = await doctor(["--stack", "trial", "--json"]);
    expect(stderr).toContain("looking at all machines");
    const report = JSON.parse(stdout) as DoctorReport;
    expect(code).toBe(1);
    expect(report).toMatchObject({
      version: 1,
      stack: "trial",
      federation: "demo",
      lost: ["gone"],
    });
    const faults = Object.fromEntries(
      report.machines.map(({ name, checks }) => [
        name,
        checks.filter(({ state }) => state === "fault").map(({ check }) => check),
      ]),
    );
    expect(faults["monitoring"]).toContain("docker");
    // Whatever else this machine lacks: it is asked for Flower, which it has not.
    expect(faults["superlink"]).toEqual(expect.arrayContaining(["flower-exporter", "hook"]));
    expect(faults).toMatchObject({
      "other-key": ["host-key"],
      "no-key": ["host-key"],
      away: ["ssh"],
    });
    const keys = Object.fromEntries(
      report.machines.map(({ name, hostKey }) => [name, hostKey?.pinned]),
    );
    expect(keys).toMatchObject({
      ...{ superlink: "same", "other-key": "different", "no-key": "none", away: undefined },
    });
  });

  it("says it in words: a table, the next step of each fault, and keys that are still to be compared", async () => {
    const { stdout } = await doctor(["--stack", "trial"]);

    expect(stdout).toMatch(/^ {2}other-key +0x7f000003 +FAULT +DIFFERS/m);
    expect(stdout).toMatch(/^ {2}no-key +0x7f000004 +FAULT +not pinned/m);
    expect(stdout).toMatch(
      /^ {2}away {2}ssh: ssh to .*Connection refused\n {4}do: is the host up/m,
    );
    expect(stdout).toContain("They came over the network, which proves nothing");
    expect(stdout).toContain(
      `  [${addressOf(4)}]:${world.sshd.port} ${world.sshd.hostKey.split(" ").slice(0, 2).join(" ")}\n`,
    );
    expect(stdout).not.toContain(`[${addressOf(2)}]:${world.sshd.port} ssh-ed25519`);
    expect(stdout).toContain("they are lost: gone");
    expect((await doctor(["--stack", "trial", "--keys"])).stdout).toContain(
      `[${addressOf(2)}]:${world.sshd.port} ssh-ed25519`,
    );
  });

  it("never prints a secret of the stack, nor its passphrase, nor gives one to a process's arguments", async () => {
    const { stdout, stderr, processes } = await world.watched([
      ...["doctor", "--stack", "trial", "--json", "--keys"],
    ]);
    // As booleans: the list of processes is nobody's to read in a report.
    expect(processes.includes("session.sh")).toBe(true);
    expect((stdout + stderr + processes).match(CANARY)).toBeNull();
  });

  it("ends with 2 and one line where it cannot begin", async () => {
    expect(await doctor(["--stack", "other"])).toEqual({
      ...{ code: 2, stdout: "" },
      stderr: expect.stringMatching(
        /^--stack: got "other"; allowed: .*; do: pulumi stack ls .*\n$/,
      ) as string,
    });
    const locked = await doctor(["--stack", "trial"], { PULUMI_CONFIG_PASSPHRASE: "another one" });
    expect(locked).toMatchObject({ code: 2, stdout: "" });
    expect(locked.stderr).toMatch(/^PULUMI_CONFIG_PASSPHRASE: got .*\n$/);
    const bare = await doctor(["--stack", "trial"], { PATH: "/usr/bin:/bin" });
    expect(bare.stderr).toMatch(/^pulumi: got no such command on PATH; .*\n$/);
    expect(bare.code).toBe(2);
  });
});
