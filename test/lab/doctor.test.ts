/** `npm run doctor` as a command, with a real engine's config and real sshds on loopback. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../lab/run";
import { toolchain } from "../../lab/toolchain";
import type { DoctorReport } from "../../runner/doctor/report";
import { freePort, sshdHere, startSshd, type Sshd } from "../support/sshd";
import { publicKey, type Raw } from "../unit/config-fixture";

if (!sshdHere) console.log("skipped: no /usr/sbin/sshd (apt-get install openssh-server)");

/**
 * 127.0.0.`octet` as the resolver of this machine reads it. The config takes it for a name: loopback
 * addresses it refuses, since no other machine reaches them.
 */
const addressOf = (octet: number): string => `0x7f00000${octet}`;

const REPO = resolve(__dirname, "../..");

/** Secrets of the stack; none of them may be in what the doctor prints. */
const CANARIES = {
  grafanaAdminPassword: "canary-grafana-4711",
  opsHook: "http://127.0.0.1:9/canary-hook-4712",
  sudoWord: "canary-sudo-4713",
};

describe.runIf(sshdHere)("npm run doctor", () => {
  let sshd: Sshd;
  let closed: number;
  let directory: string;
  let pulumi: string;
  const lines = (file: string): string[] =>
    readFileSync(join(directory, file), "utf8").trim().split("\n");

  /** SuperLink and three SuperNodes on loopback: right, another key, no key, and nobody there. */
  function config(): Raw {
    const node = (name: string, octet: number, more: Raw = {}): Raw => ({
      ...{ name, address: addressOf(octet) },
      ...more,
    });
    return {
      federation: "demo",
      ssh: { privateKeyFile: sshd.keyFile, port: sshd.port, sudoPasswordSecret: "sudoWord" },
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
  }

  beforeAll(async () => {
    pulumi = (await toolchain()).pulumi.path;
    const addresses = [2, 3, 4, 5, 6].map((octet) => `127.0.0.${octet}`);
    sshd = await startSshd({ addresses });
    closed = await freePort();
    directory = mkdtempSync(join(tmpdir(), "flower-monitoring-doctor-"));
    const project = { name: "flower-monitoring", runtime: "nodejs" };
    writeFileSync(join(directory, "Pulumi.yaml"), JSON.stringify(project));
    const pinned = (octet: number, key: string, port = sshd.port): string =>
      `[${addressOf(octet)}]:${port} ${key}\n`;
    writeFileSync(
      join(directory, "known_hosts"),
      pinned(2, sshd.hostKey) + pinned(3, publicKey()) + pinned(5, sshd.hostKey, closed),
    );
    await engine("stack", "init", "--stack", "trial");
    for (const [key, value] of Object.entries(CANARIES)) await set(key, value, "--secret");
    for (const [key, value] of Object.entries(config())) {
      // As `pulumi config set` cannot: maps and lists as such.
      if (typeof value === "string") await set(key, value, "--plaintext");
    }
    const maps = Object.entries(config()).filter(([, value]) => typeof value === "object");
    const file = join(directory, "Pulumi.trial.yaml");
    const more = maps.map(
      ([key, value]) => `  flower-monitoring:${key}: ${JSON.stringify(value)}\n`,
    );
    writeFileSync(file, `${lines("Pulumi.trial.yaml").join("\n")}\n${more.join("")}`);
  }, 600_000);

  afterAll(async () => {
    await sshd.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const env = (): NodeJS.ProcessEnv => ({
    PATH: [dirname(pulumi), process.env["PATH"]].join(delimiter),
    PULUMI_BACKEND_URL: `file://${directory}`,
    PULUMI_HOME: join(directory, "home"),
    PULUMI_CONFIG_PASSPHRASE: "canary-passphrase-4714",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    FLOWER_MONITORING_CACHE: join(directory, "cache"),
  });

  function engine(...args: string[]): Promise<unknown> {
    return run(pulumi, args, { cwd: directory, env: env() });
  }

  function set(key: string, value: string, kind: "--secret" | "--plaintext"): Promise<unknown> {
    const args = ["config", "set", "--stack", "trial", kind, `flower-monitoring:${key}`];
    return run(pulumi, args, { cwd: directory, env: env(), input: value });
  }

  function doctor(
    args: string[],
    more: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return new Promise((done, failed) => {
      const child = spawn(
        process.execPath,
        ["--import", "tsx", "runner/main.ts", "doctor", "--cwd", directory, ...args],
        { cwd: REPO, env: { ...process.env, ...env(), ...more } },
      );
      const said = { stdout: "", stderr: "" };
      child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
      child.on("error", failed);
      child.on("close", (code) => done({ code, ...said }));
    });
  }

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
      `  [${addressOf(4)}]:${sshd.port} ${sshd.hostKey.split(" ").slice(0, 2).join(" ")}\n`,
    );
    expect(stdout).not.toContain(`[${addressOf(2)}]:${sshd.port} ssh-ed25519`);
    expect(stdout).toContain("they are lost: gone");
    expect((await doctor(["--stack", "trial", "--keys"])).stdout).toContain(
      `[${addressOf(2)}]:${sshd.port} ssh-ed25519`,
    );
  });

  it("never prints a secret of the stack, nor its passphrase, nor gives one to a process's arguments", async () => {
    const watch = spawn("sh", ["-c", "while :; do ps -eo args; sleep 0.1; done"], {
      detached: true,
      env: { PATH: process.env["PATH"] },
    });
    let seen = "";
    watch.stdout.on("data", (chunk: Buffer) => (seen += chunk.toString()));
    const { stdout, stderr } = await doctor(["--stack", "trial", "--json", "--keys"]);
    process.kill(-(watch.pid ?? 0), "SIGKILL");

    // As booleans: the list of processes is nobody's to read in a report.
    expect(seen.includes("session.sh")).toBe(true);
    expect((stdout + stderr + seen).match(/canary-[a-z]+/g)).toBeNull();
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
