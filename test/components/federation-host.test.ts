import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import type { FederationHostConfig, SshConfig } from "../../components/config/schema";
import { FederationHost, type FederationHostArgs } from "../../components/federation-host";

/** Marks a secret on the wire between program and engine. */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const SIGNATURE = "4dabf18193072939515e22adb298388d";

interface Registration {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

let registered: Registration[] = [];
const directory = mkdtempSync(join(tmpdir(), "federation-host-"));

beforeAll(() => {
  process.env["FLOWER_MONITORING_CACHE"] = directory;
  const header = Buffer.alloc(64);
  header.write("\x7fELF", "latin1");
  header.writeUInt16LE(0x3e, 18);
  writeFileSync(join(directory, "node_exporter"), header);
});
beforeEach(async () => {
  registered = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      const given = inputs as Record<string, unknown>;
      registered.push({ type, name, inputs: given });
      return { id: `${name}-id`, state: { ...given, stdout: "ok host=h1 bundle=abc changed=1" } };
    },
    call: () => ({}),
  });
});
afterAll(() => {
  delete process.env["FLOWER_MONITORING_CACHE"];
  rmSync(directory, { recursive: true });
});

const hostConfig: FederationHostConfig = {
  name: "h1",
  role: "supernode",
  address: "10.0.0.21",
  user: "ops",
  port: 2222,
  hostKey: "ssh-ed25519 AAAA",
  lost: false,
  labels: { site: "hospital-1" },
};

const ssh: SshConfig = {
  ...{ user: "ops", port: 22, knownHostsFile: "/k", controlDirectory: "/c" },
  ...{ waitSeconds: 60, privateKeyFile: join(homedir(), ".ssh/deploy") },
};

function value<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** Makes the component and waits until its children are registered. */
async function make(changes: Partial<FederationHostArgs> = {}): Promise<FederationHost> {
  const config = {
    federation: "demo",
    context: CONTEXT_DEFAULTS,
    artifacts: { nodeExporter: join(directory, "node_exporter") },
    ssh,
  };
  const host = new FederationHost("h1", {
    host: hostConfig,
    config,
    secrets: { ssh: {} },
    ...changes,
  });
  await value(host.status);
  return host;
}

function child(name: string): Registration {
  const found = registered.find((registration) => registration.name === name);
  if (found === undefined) throw new Error(`${name} was not registered`);
  return found;
}

describe("FederationHost", () => {
  it("registers itself and one command, and nothing else", async () => {
    await make();

    expect(registered.map(({ type, name }) => [type, name])).toEqual([
      ["flower-monitoring:index:FederationHost", "h1"],
      ["command:local:Command", "h1-install"],
    ]);
  });

  it("runs constant text, and hands what differs over on standard input", async () => {
    const host = await make();
    const { stdin, ...inputs } = child("h1-install").inputs;

    expect(inputs).toEqual({
      create: "exec sh components/session.sh install",
      delete: "exec sh components/session.sh remove",
      logging: "none",
      addPreviousOutputInEnv: false,
    });
    expect((stdin as string).split("\n")).toEqual([
      "name=h1",
      "address=10.0.0.21",
      "port=2222",
      "user=ops",
      "host_key=ssh-ed25519 AAAA",
      "identity=~/.ssh/deploy",
      "wait=60",
      `bundle=${host.bundleHash}`,
      expect.stringMatching(/^blobs=x86_64\/[0-9a-f]{64}$/),
      "",
      "",
    ]);
  });

  it("fills the cache that its session sends from", async () => {
    const host = await make();
    const blob = /blobs=x86_64\/(\w+)/.exec(String(child("h1-install").inputs["stdin"]))?.[1];

    expect(existsSync(join(directory, "bundles", `${host.bundleHash}.tar.gz`))).toBe(true);
    expect(existsSync(join(directory, "blobs", `${blob}.tar.gz`))).toBe(true);
  });

  it("makes all of its input a secret where sudo has a password", async () => {
    await make({
      host: { ...hostConfig, sudoPasswordSecret: "opsSudo" },
      secrets: { ssh: { opsSudo: pulumi.secret("seven-cold-herons") } },
    });
    const { stdin } = child("h1-install").inputs as { stdin: Record<string, string> };

    expect(stdin[SIGNATURE]).toBe(SECRET);
    expect(stdin["value"]).toContain("sudo_password=seven-cold-herons\n");
  });

  it("leaves the key out when the agent is to be asked", async () => {
    const agent: SshConfig = { ...ssh };
    delete agent.privateKeyFile;
    await make({
      config: {
        ...{ federation: "demo", context: CONTEXT_DEFAULTS, ssh: agent },
        artifacts: { nodeExporter: join(directory, "node_exporter") },
      },
    });

    expect(child("h1-install").inputs["stdin"]).not.toContain("identity=");
  });

  it("shares one bundle among the hosts of a role", async () => {
    const one = await make();
    const two = await make({ host: { ...hostConfig, name: "h2", address: "10.0.0.22" } });

    expect(two.bundleHash).toBe(one.bundleHash);
  });

  it("gives its role, status and scrape targets as plain data", async () => {
    const host = await make();

    expect(host).toMatchObject({ name: "h1", role: "supernode", address: "10.0.0.21" });
    expect(await value(host.status)).toBe("ok host=h1 bundle=abc changed=1");
    expect(host.targets).toEqual([
      {
        job: "node",
        targets: ["10.0.0.21:9100"],
        labels: { site: "hospital-1", federation: "demo", host: "h1", role: "supernode" },
      },
    ]);
  });

  it("makes its children its own", async () => {
    const host = await make();

    expect(await value(host.install.urn)).toBe(
      "urn:pulumi:stack::project::flower-monitoring:index:FederationHost$command:local:Command::h1-install",
    );
  });
});
