import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  amiss,
  clockCheck,
  flowerCheck,
  type MachineReport,
  readAnswer,
  sessionFault,
  size,
} from "../../runner/doctor/checks";
import { fingerprint, hostKeyOfMachine, knownHostsLine } from "../../runner/doctor/host-key";
import { reachCheck, readReached } from "../../runner/doctor/reach";
import { doctorReport, doctorText } from "../../runner/doctor/report";
import type { Machine } from "../../runner/machines";
import { publicKey } from "./config-fixture";

describe("what a host answers", () => {
  it("is read into facts, faults and warnings with their next steps", () => {
    const { facts, checks } = readAnswer(
      [
        "fact clock 1764000000",
        "fact system Debian GNU/Linux 12 (bookworm)",
        "fact gpu NVIDIA H100, 550.54",
        "fact gpu NVIDIA H100, 550.54",
        'fault node-exporter port-taken port 9100 on 10.0.0.1 is taken by "x" (pid 7); stop it; or move it',
        "fault flower-exporter no-superlink control API 10.0.0.1:8000: ConnectError; start the SuperLink",
        "warn dcgm-exporter no-driver there is no driver; install it",
        "what sshd's banner says",
        "",
      ].join("\n"),
    );
    expect(facts).toEqual({
      clock: "1764000000",
      system: "Debian GNU/Linux 12 (bookworm)",
      gpu: "NVIDIA H100, 550.54\nNVIDIA H100, 550.54",
    });
    expect(checks).toEqual([
      {
        check: "port",
        state: "fault",
        seen: 'port 9100 on 10.0.0.1 is taken by "x" (pid 7)',
        next: "stop it; or move it",
      },
      {
        check: "superlink",
        state: "fault",
        seen: "control API 10.0.0.1:8000: ConnectError",
        next: "start the SuperLink",
      },
      {
        check: "dcgm-exporter",
        state: "warn",
        seen: "there is no driver",
        next: "install it",
      },
    ]);
  });

  it("keeps words without a next step whole", () => {
    expect(amiss("disk", "odd")).toEqual({ check: "disk", state: "fault", seen: "odd" });
  });
});

describe("where a session failed", () => {
  it.each([
    ["sudo asks for the password of ops; allow it", "sudo"],
    ["sudo refuses the password of ops; correct its secret", "sudo"],
    ["there is no sudo on this host for ops; install it", "sudo"],
    ["ssh to a@b port 22: Permission denied; let the key log in there, or correct it", "login"],
    [
      "ssh to a@b port 22: failed.; the host key is not the one in known_hosts: find out",
      "host-key",
    ],
    ["ssh to a@b port 22: refused; is the host up and its sshd reachable from here?", "ssh"],
    ["bundle: cannot unpack, 3 KiB are free; make room", "session"],
  ])("%s", (words, check) => {
    expect(sessionFault(words)).toMatchObject({ check, state: "fault" });
  });
});

describe("clocks", () => {
  it("are as here while the host may have told any second between question and answer", () => {
    const second = fc.integer({ min: 0, max: 4_000_000_000 });
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(second, part, part, part, (begin, late, longer, when) => {
        const asked = begin + late;
        const answered = asked + 400 * longer;
        const told = Math.floor(asked + (answered - asked) * when);
        expect(clockCheck(told, asked, answered).state).toBe("ok");
      }),
    );
  });

  it.each([
    [-3, "ok", "as here"],
    [-12, "warn", "12 s behind this machine's"],
    [+90, "fault", "90 s ahead of this machine's"],
    [+1800, "fault", "30 min ahead of this machine's"],
    [-86_400, "fault", "24 h behind this machine's"],
  ])("%i s off is %s", (off, state, seen) => {
    // Behind is counted from the question, ahead from the answer.
    const told = off < 0 ? 1000 + off - 1 : 1002 + off;
    expect(clockCheck(told, 1000, 1002)).toMatchObject({ state, seen });
  });
});

describe("Flower's version", () => {
  it.each([
    ["1.39.0", "fault"],
    ["1.40.0", "ok"],
    ["1.42.0", "ok"],
    ["1.43.0", "warn"],
    ["2.0.0", "warn"],
  ])("%s is %s", (version, state) => {
    expect(flowerCheck(version).map((check) => check.state)).toEqual([state]);
  });

  it("is nobody's fault where there is none to have", () => {
    expect(flowerCheck(undefined)).toEqual([]);
  });
});

describe("host keys", () => {
  const target = { address: "10.0.0.5", port: 2222 };
  const machine = (pinned: Machine["pinned"]): Machine =>
    ({ name: "h", role: "supernode", target, secrets: {}, pinned }) as unknown as Machine;

  it("have the fingerprint that ssh-keygen shows", () => {
    const key = publicKey();
    const shown = execFileSync("ssh-keygen", ["-lf", "-"], { input: key, encoding: "utf8" });
    expect(shown.split(" ")[1]).toBe(fingerprint(key));
  });

  it("are the pinned one, another one, or not pinned", () => {
    const key = publicKey();
    expect(hostKeyOfMachine(machine({ hostKey: key }), key).pinned).toBe("same");
    expect(hostKeyOfMachine(machine({ hostKey: publicKey("ssh-ed25519", "o") }), key).pinned).toBe(
      "different",
    );
    expect(hostKeyOfMachine(machine({ problem: "no key" }), key).pinned).toBe("none");
    expect(hostKeyOfMachine(machine({ problem: "no key" }), key).line).toBe(
      `[10.0.0.5]:2222 ${key}`,
    );
    expect(knownHostsLine("10.0.0.5", 22, key)).toBe(`10.0.0.5 ${key}`);
  });
});

describe("reach", () => {
  const places = [9100, 9101].map((port) => ({ address: "10.0.0.1", port }));
  const from = "the VM";

  it("is there where ports are open or refused", () => {
    const reached = readReached("10.0.0.1 9101 refused\n10.0.0.1 9100 open\n");
    expect(reachCheck(places, reached, from)).toEqual({
      check: "reach",
      state: "ok",
      seen: "9100, 9101 from the VM",
    });
  });

  it("names what does not answer, also what was never told of", () => {
    const check = reachCheck(places, readReached("10.0.0.1 9100 no-route\n"), from);
    expect(check.state).toBe("fault");
    expect(check.seen).toBe("from the VM: 9100/tcp cannot be reached, 9101/tcp does not answer");
  });

  it("is a warning where there is nothing to try it with", () => {
    expect(reachCheck(places, readReached("none\n"), from).state).toBe("warn");
  });
});

describe("the report", () => {
  const machine: MachineReport = {
    ...{ name: "node-1", role: "supernode", address: "10.0.0.1", port: 22, user: "root" },
    facts: { system: "Debian 12", machine: "x86_64", gpu: "H100, 550\nH100, 550" },
    hostKey: { line: `10.0.0.1 ${publicKey()}`, fingerprint: "SHA256:abc", pinned: "same" },
    checks: [{ check: "disk", state: "ok", seen: "3.0 GiB free" }],
  };
  const about = { stack: "dev", federation: "demo", lost: ["old"] };
  const faulty: MachineReport = {
    ...{ name: "a-longer-name", role: "supernode", address: "10.0.0.2", port: 22, user: "root" },
    facts: {},
    checks: [
      { check: "ssh", state: "fault", seen: "no answer", next: "start it" },
      { check: "clock", state: "warn", seen: "9 s behind" },
    ],
  };

  it("counts faults and warnings", () => {
    expect(doctorReport(about, [machine, faulty])).toMatchObject({ faults: 1, warnings: 1 });
  });

  it("is a table with the next steps below", () => {
    expect(doctorText(doctorReport(about, [machine, faulty]), false)).toBe(`\
Doctor of the stack dev, federation demo

  MACHINE        ADDRESS   STATE  HOST KEY  SYSTEM             FREE     CLOCK       DOCKER  GPU            FLOWER  REACHED
  node-1         10.0.0.1  ok     pinned    Debian 12, x86_64  3.0 GiB  -           -       2 x H100, 550  -       -
  a-longer-name  10.0.0.2  FAULT  -         -                  -        9 s behind  -       -              -       -

Not looked at, since the stack says that they are lost: old

Faults
  a-longer-name  ssh: no answer
    do: start it

Warnings
  a-longer-name  clock: 9 s behind

1 fault on 2 machines, 1 warning.
`);
  });

  it("shows pinned keys on demand, and says that they prove nothing", () => {
    const text = doctorText(doctorReport({ ...about, lost: [] }, [machine]), true);
    expect(text).toContain(`  10.0.0.1 ${publicKey()}\n    SHA256:abc  node-1, pinned\n`);
    expect(text).toContain("proves nothing");
    expect(text).toMatch(/No fault on 1 machine\.\n$/);
  });

  it("has sizes as people read them", () => {
    expect([512 * 1024, 3 * 2 ** 20].map(size)).toEqual(["512 MiB", "3.0 GiB"]);
  });
});
