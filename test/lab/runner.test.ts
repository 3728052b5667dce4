/** The runner's other commands on a stack of a real engine, whose hosts are sshds of loopback without systemd. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OperationReport } from "../../runner/operation/report";
import type { StatusReport } from "../../runner/status/report";
import { freePort } from "../../lab/servers/free-port";
import { sshdHere } from "../support/sshd";
import { addressOf, CANARY, RunnerWorld } from "./runner.kit";

if (!sshdHere) console.log("skipped: no /usr/sbin/sshd (apt-get install openssh-server)");

describe.runIf(sshdHere)("the runner", () => {
  let world: RunnerWorld;

  beforeAll(async () => {
    world = await RunnerWorld.start([2, 3]);
    const { hostKey, port, keyFile } = world.sshd;
    const closed = await freePort();
    world.pin([
      [2, hostKey],
      [3, hostKey, closed],
    ]);
    const values = {
      scope: "fleet",
      federation: "demo",
      ssh: { privateKeyFile: keyFile, port, sudoPasswordSecret: "sudoWord", waitSeconds: 0 },
      superlink: {
        ...{ name: "superlink", address: addressOf(2) },
        flower: { python: "/nowhere/python", controlApi: "127.0.0.1:8000", insecure: true },
      },
      supernodes: [{ name: "away", address: addressOf(3), port: closed }],
      artifacts: { nodeExporter: process.execPath },
    };
    await world.make("trial", values, { sudoWord: "canary-sudo-4713" });
  }, 600_000);

  afterAll(() => world.remove());

  it("previews as pulumi does, with 0, and contacts no host", async () => {
    const before = world.sshd.log();
    const { code, stdout } = await world.command(["preview", "--stack", "trial"]);
    expect(stdout).toContain("away-install");
    expect(stdout).toMatch(/^preview of the stack trial: \d+ create/m);
    expect(code).toBe(0);
    expect(world.sshd.log()).toBe(before);
  });

  it("leaves out of an up each host on which it cannot succeed, with its reason, and ends with 1", async () => {
    const { code, stdout } = await world.command(["up", "--stack", "trial", "--json"]);
    const report = JSON.parse(stdout) as OperationReport;
    expect(code).toBe(1);
    expect(report).toMatchObject({ version: 1, operation: "up", ok: false, failures: {} });
    // Flower is not where this stack says it is.
    expect(report.hosts).toMatchObject([
      { name: "superlink", state: "left-out" },
      {
        name: "away",
        state: "left-out",
        words: expect.stringMatching(/^ssh: .*Connection refused$/) as string,
      },
    ]);
    expect(report.outputs["hosts"]).toMatchObject({
      away: { role: "supernode", status: "left out" },
    });
  });

  it("without the look before, has each fail by itself, with the same words", async () => {
    const { code, stdout } = await world.command([
      ...["up", "--stack", "trial", "--no-preflight", "--json"],
    ]);
    const report = JSON.parse(stdout) as OperationReport;
    expect(code).toBe(1);
    expect(report.hosts).toMatchObject([
      { name: "superlink", state: "failed" },
      {
        ...{
          name: "away",
          state: "failed",
          next: expect.stringMatching(/^is the host up/) as string,
        },
        words: expect.stringMatching(/^ssh to .*Connection refused$/) as string,
      },
    ]);
    expect(report).not.toHaveProperty("error");
  });

  it("has a status for hosts without a monitoring VM: by ssh, with the reason", async () => {
    const { code, stdout } = await world.command(["status", "--stack", "trial", "--json"]);
    const report = JSON.parse(stdout) as StatusReport;
    expect(code).toBe(1);
    expect(report.healthy).toBe(false);
    expect(report.findings.map(({ seen }) => seen)).toContainEqual(
      expect.stringMatching(/^away {2}ssh: .*Connection refused$/),
    );
  });

  it("destroys only when somebody means it", async () => {
    const asked = await world.command(["destroy", "--stack", "trial"]);
    expect(asked).toMatchObject({ code: 2, stdout: "" });
    expect(asked.stderr).toMatch(/^--yes: got nothing; .*\n$/);
    const { code, stdout } = await world.command(["destroy", "--stack", "trial", "--yes"]);
    expect(stdout).toMatch(/The destroy is done\.\n$/);
    expect(code).toBe(0);
  });

  it("never prints a secret, nor gives one to a process's arguments", async () => {
    for (const command of ["up", "preview", "refresh"]) {
      const said = await world.watched([command, "--stack", "trial"]);
      expect((said.stdout + said.stderr + said.processes).match(CANARY)).toBeNull();
    }
  });
});
