/** components/session.sh against real sshds on loopback: what SSH itself does well or badly. */
import { spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sessionInput, type SshTarget } from "../../components/render/session";
import { run } from "../../runner/run";
import { freePort } from "../../lab/servers/free-port";
import { sshdHere, startSshd, type Sshd } from "../support/sshd";

if (!sshdHere) console.log("skipped: no /usr/sbin/sshd (apt-get install openssh-server)");

const SESSION = resolve(__dirname, "../../components/session.sh");

describe.runIf(sshdHere)("a session", () => {
  let sshd: Sshd;
  let dir: string;
  let target: SshTarget;

  beforeAll(async () => {
    sshd = await startSshd();
    dir = await mkdtemp(join(tmpdir(), "flower-monitoring-session-"));
    target = {
      ...{ name: "h1", address: sshd.host, port: sshd.port, user: sshd.user },
      ...{ hostKey: sshd.hostKey, privateKeyFile: sshd.keyFile, waitSeconds: 0 },
    };
  });
  afterAll(async () => {
    await sshd.stop();
    await rm(dir, { recursive: true });
  });

  /** Runs a script on the host; a TMPDIR of its own shows what is left behind. */
  async function session(
    script: string,
    changes: Partial<SshTarget> = {},
    secrets: { passphrase?: string } = {},
  ): Promise<{ ok: boolean; stdout: string; stderr: string; seconds: number }> {
    const started = performance.now();
    const env = { TMPDIR: dir, SSH_AUTH_SOCK: join(dir, "no-such-agent") };
    const input = sessionInput({ ...target, ...changes }, secrets) + script;
    const said = await run("sh", [SESSION, "run"], { input, env }).then(
      (result) => ({ ok: true, ...result }),
      (error: { stdout: string; stderr: string }) => ({ ok: false, ...error }),
    );
    return { ...said, seconds: (performance.now() - started) / 1000 };
  }

  it("hands the script over and gives its output back, however long a line is", async () => {
    const { ok, stdout } = await session("head -c 300000 /dev/zero | tr '\\0' x\n");

    expect(ok).toBe(true);
    expect(stdout).toHaveLength(300_000);
  });

  it("does not need the agent of a stale SSH_AUTH_SOCK, and has the script's exit code", async () => {
    expect(await session("echo here\n")).toMatchObject({ ok: true, stdout: "here\n", stderr: "" });
    expect((await session("exit 3\n")).ok).toBe(false);
  });

  it("says of a connection that is lost at work which it was, and what to do", async () => {
    // The shell's parent is `timeout`, whose parent is the sshd of this connection.
    const { ok, stderr } = await session(
      'kill -9 "$(cut -d " " -f 4 "/proc/$PPID/stat")"\nsleep 5\n',
    );

    expect(ok).toBe(false);
    expect(stderr).toMatch(
      /h1: ssh to .*: the connection was lost at work; .* run pulumi up again/,
    );
  });

  it("uses one connection, and leaves neither it nor a file behind", async () => {
    const before = sshd.log().split("Accepted publickey").length;
    await session("true\n");

    expect(sshd.log().split("Accepted publickey")).toHaveLength(before + 1);
    expect(await readdir(dir)).toEqual([]);
    for (let tries = 0; tries < 50 && !lastConnectionClosed(sshd.log()); tries++) await sleep(100);
    expect(lastConnectionClosed(sshd.log())).toBe(true);
  });

  it("refuses another host key at once, without patience", async () => {
    const hostKey =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJBGLVmMZzF7ZUdzkCTHjPqoBqNMEn0gFzJOjLeCbmI8";
    const { ok, stderr, seconds } = await session("true\n", { hostKey, waitSeconds: 60 });

    expect(ok).toBe(false);
    expect(stderr).toMatch(
      /^flower-monitoring: h1: ssh to .*: Host key verification failed\.; the host key is not the one in known_hosts/,
    );
    expect(seconds).toBeLessThan(5);
  });

  it("tells a refused key at once", async () => {
    const stranger = join(dir, "stranger");
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", stranger]);
    const { stderr, seconds } = await session("true\n", {
      privateKeyFile: stranger,
      waitSeconds: 60,
    });
    await rm(stranger);
    await rm(`${stranger}.pub`);

    expect(stderr).toMatch(
      /Permission denied \(publickey\)\.; let the key log in there, or correct ssh.user/,
    );
    expect(seconds).toBeLessThan(5);
  });

  it("gives up on a closed port after the time it is given", async () => {
    const port = await freePort();
    const { stderr, seconds } = await session("true\n", { port, waitSeconds: 3 });

    expect(stderr).toMatch(
      new RegExp(`ssh to .* port ${port}: .*Connection refused.*; is the host up`),
    );
    expect(seconds).toBeGreaterThanOrEqual(3);
    expect(seconds).toBeLessThan(10);
  });

  it("waits for a host that reboots", async () => {
    const port = await freePort();
    const running = session("echo back\n", { port, waitSeconds: 30 });
    await sleep(3000);
    const proxy = net
      .createServer((socket) => socket.pipe(net.connect(sshd.port, sshd.host)).pipe(socket))
      .listen(port, "127.0.0.1");
    try {
      expect(await running).toMatchObject({ ok: true, stdout: "back\n" });
    } finally {
      proxy.close();
    }
  });

  it("ends at a server that accepts and is silent", async () => {
    const tarpit = net.createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => tarpit.once("listening", resolve));
    const { port } = tarpit.address() as net.AddressInfo;
    try {
      const { ok, stderr, seconds } = await session("true\n", { port });
      expect(ok).toBe(false);
      expect(stderr).toMatch(/timed out/);
      expect(seconds).toBeLessThan(15);
    } finally {
      tarpit.close();
    }
  });

  it("goes through a bastion whose key is checked too", async () => {
    const bastion = await startSshd();
    const via = {
      ...{ address: bastion.host, port: bastion.port, user: bastion.user },
      ...{ hostKey: bastion.hostKey, privateKeyFile: bastion.keyFile },
    };
    try {
      expect(await session("echo through\n", { bastion: via })).toMatchObject({
        stdout: "through\n",
        stderr: "",
      });
      expect(bastion.log()).toContain("Accepted publickey");
      const other = await session("true\n", { bastion: { ...via, hostKey: sshd.hostKey } });
      expect(other.stderr).toMatch(/h1: ssh to .* through .*: .*; /);
      expect(other.ok).toBe(false);
    } finally {
      await bastion.stop();
    }
  });

  it("shows the key of a host behind a bastion, of which only the pinned key is taken", async () => {
    const bastion = await startSshd();
    const via = {
      ...{ address: bastion.host, port: bastion.port, user: bastion.user },
      ...{ hostKey: bastion.hostKey, privateKeyFile: bastion.keyFile },
    };
    const key = (changes: Partial<SshTarget>) =>
      run("sh", [SESSION, "key"], {
        input: sessionInput({ ...target, hostKey: "", ...changes }),
        env: { TMPDIR: dir },
      });
    try {
      const logins = sshd.log().split("Accepted").length;
      const shown = { stdout: `${sshd.hostKey.split(" ").slice(0, 2).join(" ")}\n` };
      expect(await key({})).toMatchObject(shown);
      expect(await key({ bastion: via })).toMatchObject(shown);
      // Neither was logged in to.
      expect(sshd.log().split("Accepted")).toHaveLength(logins);
      await expect(key({ bastion: { ...via, hostKey: sshd.hostKey } })).rejects.toThrow(
        /through .*; the host key is not the one in known_hosts/,
      );
      expect(await readdir(dir)).toEqual([]);
    } finally {
      await bastion.stop();
    }
  });

  it("unlocks a key with its passphrase, which no argument and no output holds", async () => {
    const locked = join(dir, "locked");
    await writeFile(locked, target.privateKeyFile === undefined ? "" : sshd.privateKey);
    await chmod(locked, 0o600);
    await run("ssh-keygen", ["-q", "-p", "-P", "", "-N", "wide-open-7", "-f", locked]);
    const secrets = { passphrase: "wide-open-7" };
    const privateKeyFile = locked;

    const right = await session(
      "ps -eo args | grep -c '[w]ide-open' || true\n",
      { privateKeyFile },
      secrets,
    );
    expect(right).toMatchObject({ ok: true, stdout: "0\n", stderr: "" });
    const wrong = await session("true\n", { privateKeyFile }, { passphrase: "wrong-one-7" });
    expect(wrong.stderr).toContain("Permission denied");
    expect(wrong.stderr).not.toContain("wrong-one");
    await rm(locked);
  });

  it("ends in order when it is interrupted", async () => {
    const env = { ...process.env, TMPDIR: dir };
    const child = spawn("sh", [SESSION, "run"], { env, detached: true });
    child.stdin.end(`${sessionInput(target)}echo started; sleep 60\n`);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    // As a terminal's Ctrl-C does: the shell and its ssh.
    process.kill(-(child.pid ?? 0), "SIGINT");
    await new Promise((resolve) => child.once("close", resolve));

    expect(await readdir(dir)).toEqual([]);
  });
});

/** Whether every accepted connection of the log has ended. */
function lastConnectionClosed(log: string): boolean {
  const count = (words: RegExp): number => log.match(words)?.length ?? 0;
  return (
    count(/Accepted publickey/g) <=
    count(/Disconnected from user|Connection closed by|Received disconnect/g)
  );
}
