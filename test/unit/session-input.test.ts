import { execFileSync, spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { bundleKeys, sessionInput, type SshTarget } from "../../components/render/session";

const SESSION = resolve(__dirname, "../../components/session.sh");

const target: SshTarget = {
  ...{ name: "h1", address: "10.0.0.21", port: 2222, user: "ops" },
  ...{ hostKey: "ssh-ed25519 AAAA", privateKeyFile: "~/.ssh/deploy", waitSeconds: 60 },
};

describe("what a session is told", () => {
  it("is one line for each value, and an empty one", () => {
    const bundle = bundleKeys({
      hash: "ab".repeat(32),
      blobs: [
        { arch: "amd64", sha256: "1".repeat(64) },
        { arch: "any", sha256: "2".repeat(64) },
      ],
    });

    expect(sessionInput(target, { sudoPassword: "a=b c" }, bundle).split("\n")).toEqual([
      "name=h1",
      "address=10.0.0.21",
      "port=2222",
      "user=ops",
      "host_key=ssh-ed25519 AAAA",
      "identity=~/.ssh/deploy",
      "wait=60",
      "sudo_password=a=b c",
      `bundle=${"ab".repeat(32)}`,
      `blobs=x86_64/${"1".repeat(64)} any/${"2".repeat(64)}`,
      "",
      "",
    ]);
  });

  it("has the bastion's values beside the host's", () => {
    const bastion = { address: "10.0.0.1", port: 22, user: "jump", hostKey: "ssh-ed25519 BBBB" };
    const lines = sessionInput({ ...target, bastion }).split("\n");

    expect(lines.filter((line) => line.startsWith("bastion_"))).toEqual([
      "bastion_address=10.0.0.1",
      "bastion_port=22",
      "bastion_user=jump",
      "bastion_host_key=ssh-ed25519 BBBB",
    ]);
  });

  it("cannot hold a value of two lines, which could be another key; the error does not show it", () => {
    const attempt = () => sessionInput(target, { sudoPassword: "x\nuser=root" });

    expect(attempt).toThrow("the value of sudo_password has a line break");
  });
});

describe("session.sh", () => {
  it("is valid for the shell, and refuses what it does not know without using it", () => {
    execFileSync("sh", ["-n", SESSION]);
    const unknown = spawnSync("sh", [SESSION, "run"], { input: "nmae=h1\n\n", encoding: "utf8" });
    expect(unknown).toMatchObject({
      status: 2,
      stdout: "",
      stderr: "session.sh: unknown key nmae\n",
    });
    const action = spawnSync("sh", [SESSION, "instal"], {
      input: sessionInput(target),
      encoding: "utf8",
    });
    expect(action.stderr).toContain('h1: got "instal"; allowed: install, remove, run');
  });
});
