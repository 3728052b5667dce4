import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import type { FederationHostConfig } from "../../components/config/schema";
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
  labels: { site: "hospital-1" },
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
  };
  const host = new FederationHost("h1", {
    host: hostConfig,
    config,
    privateKey: "KEY",
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

const connection = {
  host: "10.0.0.21",
  port: 2222,
  user: "ops",
  hostKey: "ssh-ed25519 AAAA",
  privateKey: "KEY",
  dialErrorLimit: 2,
  perDialTimeout: 5,
};

describe("FederationHost", () => {
  it("registers itself, one copy and one command, and nothing else", async () => {
    await make();

    expect(registered.map(({ type, name }) => [type, name])).toEqual([
      ["flower-monitoring:index:FederationHost", "h1"],
      ["command:remote:CopyToRemote", "h1-bundle"],
      ["command:remote:Command", "h1-install"],
    ]);
  });

  it("copies the bundle as a file to a path made from its content, and anew to another machine", async () => {
    const host = await make();
    const { source, ...inputs } = child("h1-bundle").inputs;

    expect(inputs).toEqual({
      connection: expect.anything() as unknown,
      remotePath: `.flower-monitoring-${host.bundleHash.slice(0, 12)}.tar.gz`,
      triggers: ["10.0.0.21", 2222, "ops", "ssh-ed25519 AAAA"],
    });
    expect(await (source as pulumi.asset.FileAsset).path).toBe(
      join(directory, "bundles", `${host.bundleHash}.tar.gz`),
    );
  });

  it("runs constant text, and hands what differs over on standard input", async () => {
    const host = await make();
    const { stdin, ...inputs } = child("h1-install").inputs;
    const run = (action: string) =>
      `if [ "$(id -u)" = 0 ]; then exec timeout 300 sh -s -- ${action}; ` +
      `else exec sudo -n timeout 300 sh -s -- ${action}; fi`;

    expect(inputs).toEqual({
      connection: expect.anything() as unknown,
      create: run("install"),
      update: run("install"),
      delete: run("remove"),
      logging: "none",
      addPreviousOutputInEnv: false,
    });
    expect(stdin).toContain("FM_HOST=h1 FM_ADDRESS=10.0.0.21");
    expect(stdin).toContain(host.bundleHash);
    expect(stdin).not.toContain("KEY");
  });

  it("checks the host key, fails within seconds, and keeps the private key secret", async () => {
    await make();

    for (const name of ["h1-bundle", "h1-install"]) {
      // The SDK makes the connection secret as a whole when a part of it is.
      expect(child(name).inputs["connection"]).toEqual({ [SIGNATURE]: SECRET, value: connection });
    }
  });

  it("leaves the key out when the agent is to be asked", async () => {
    await make({ privateKey: undefined });
    const given = child("h1-install").inputs["connection"] as Record<string, unknown>;

    expect(JSON.stringify(given)).not.toContain("privateKey");
    expect(JSON.stringify(given)).toContain("ssh-ed25519 AAAA");
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
    const urns = await Promise.all(
      [host.copy, host.install].map((resource) => value(resource.urn)),
    );

    expect(urns).toEqual([
      "urn:pulumi:stack::project::flower-monitoring:index:FederationHost$command:remote:CopyToRemote::h1-bundle",
      "urn:pulumi:stack::project::flower-monitoring:index:FederationHost$command:remote:Command::h1-install",
    ]);
  });
});
