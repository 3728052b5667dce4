import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadConfig, type LoadedStack } from "../../components/config";
import { asCore, asFleet } from "../support/scopes";
import type { Raw } from "./config-fixture";
import { PASSWORD, knownHosts, privateKey, validRaw } from "./config-fixture";

const HOOK = "https://hooks.slack.com/services/T0/B0/0123456789abcdef";

let projectDir: string;

beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), "config-load-"));
  const home = join(projectDir, "home");
  vi.stubEnv("HOME", home);
  vi.stubEnv("FLOWER_MONITORING_PROJECT_DIR", projectDir);
  mkdirSync(home);
  writeFileSync(join(projectDir, "known_hosts"), knownHosts);
  writeFileSync(join(projectDir, "deploy_key"), privateKey());
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(projectDir, { recursive: true });
});

/** Sets the stack's config as the language host does: text for scalars, JSON for the rest. */
async function stackConfig(raw: Raw, secretKeys: string[], project = "flower-monitoring") {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({ id: name, state: inputs as Raw }),
      call: ({ inputs }) => inputs as Raw,
    },
    project,
  );
  const entries = Object.entries(raw).map(([key, value]) => [
    `flower-monitoring:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(
    { ...(Object.fromEntries(entries) as Record<string, string>), "other:key": "ours is not this" },
    secretKeys.map((key) => `flower-monitoring:${key}`),
  );
}

function rightConfig(): Raw {
  const receivers = [
    { name: "ops", webhook: { urlSecret: "opsHook" } },
    { name: "lab", webhook: { url: "http://10.0.0.5:8080/alerts" } },
  ];
  return {
    ...validRaw(),
    retainData: "false",
    ssh: { privateKeyFile: "deploy_key" },
    alerting: { receivers, defaultReceiver: "lab" },
    opsHook: HOOK,
  };
}

const SECRET = ["grafanaAdminPassword", "opsHook"];

async function known(output: pulumi.Output<string> | undefined) {
  if (output === undefined) return undefined;
  const value = await new Promise<string>((resolve) => output.apply(resolve));
  return { value, secret: await pulumi.isSecret(output) };
}

/** A stack of the default scope. */
function load(): Extract<LoadedStack, { scope: "all" }> {
  const stack = loadConfig();
  if (stack.scope !== "all") throw new Error(`the stack has scope ${stack.scope}`);
  return stack;
}

function failure(): Error {
  try {
    loadConfig();
  } catch (error) {
    return error as Error;
  }
  throw new Error("the config was accepted");
}

describe("loadConfig", () => {
  it("hands plain values on as values and secrets as secret Outputs", async () => {
    await stackConfig(rightConfig(), SECRET);
    const { config, secrets } = load();
    expect(config.retainData).toBe(false);
    expect(config.hosts.map(({ name }) => name)).toEqual([
      "superlink",
      "supernode-1",
      "supernode-2",
    ]);
    expect(await known(secrets.grafanaAdminPassword)).toEqual({ value: PASSWORD, secret: true });
    expect(Object.keys(secrets.alerting)).toEqual(["opsHook"]);
    expect(await known(secrets.alerting["opsHook"])).toEqual({ value: HOOK, secret: true });
    expect(secrets.ssh).toEqual({});
    expect(JSON.stringify(config)).not.toMatch(/correct-horse|0123456789abcdef|PRIVATE KEY/);
  });

  it("hands on the secrets that sessions need, by the names of their keys", async () => {
    const ssh = { user: "ops", sudoPasswordSecret: "opsSudo" };
    const secrets = [...SECRET, "opsSudo"];
    await stackConfig({ ...rightConfig(), ssh, opsSudo: "seven-cold-herons" }, secrets);
    const { config, secrets: found } = load();
    expect(await known(found.ssh["opsSudo"])).toEqual({ value: "seven-cold-herons", secret: true });
    expect(config.hosts.map(({ sudoPasswordSecret }) => sudoPasswordSecret)).toEqual([
      "opsSudo",
      "opsSudo",
      "opsSudo",
    ]);
  });

  it("has of a fleet what sessions need and no more, of a core what the VM needs", async () => {
    const ssh = { user: "ops", sudoPasswordSecret: "opsSudo" };
    const fleet = { ...rightConfig(), ssh, opsSudo: "seven-cold-herons" };
    for (const key of ["opsHook", "retainData"]) Reflect.deleteProperty(fleet, key);
    asFleet(fleet);
    await stackConfig(fleet, ["opsSudo"]);
    const { scope, secrets } = loadConfig();
    expect([scope, Object.keys(secrets)]).toEqual(["fleet", ["ssh"]]);
    expect(await known(secrets.ssh["opsSudo"])).toEqual({
      value: "seven-cold-herons",
      secret: true,
    });
    const core = rightConfig();
    asCore(core, "fleet");
    await stackConfig(core, SECRET);
    expect(loadConfig()).toMatchObject({
      scope: "core",
      fleetStack: "fleet",
      secrets: { alerting: { opsHook: expect.anything() as unknown }, ssh: {} },
    });
  });

  it("warns where a stack with the VM would save its state at the end only", async () => {
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    const warnings = async (raw: Raw, secrets: string[], skip: string): Promise<unknown[]> => {
      vi.stubEnv("PULUMI_SKIP_CHECKPOINTS", skip);
      await stackConfig(raw, secrets);
      warn.mockClear();
      loadConfig();
      return warn.mock.calls.map(([text]) => text);
    };
    const fleet = rightConfig();
    for (const key of ["opsHook", "retainData"]) Reflect.deleteProperty(fleet, key);
    asFleet(fleet);
    const told = [expect.stringMatching(/^PULUMI_SKIP_CHECKPOINTS is set: .* Unset it here/)];
    expect(await warnings(rightConfig(), SECRET, "true")).toEqual(told);
    expect(await warnings(rightConfig(), SECRET, "1")).toEqual(told);
    expect(await warnings(rightConfig(), SECRET, "false")).toEqual([]);
    expect(await warnings(fleet, [], "true")).toEqual([]);
    warn.mockRestore();
  });

  it("reads its own namespace, whatever the project is called", async () => {
    await stackConfig(rightConfig(), SECRET, "renamed-project");
    expect(loadConfig().config.federation).toBe("demo");
  });

  it("ends with a RunError that has all faults and no secret", async () => {
    const wrong = { ...rightConfig(), retention: "long", typo: HOOK };
    Reflect.deleteProperty(wrong, "federation");
    await stackConfig(wrong, ["opsHook", "typo"]);
    const error = failure();
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    const paths = error.message.split("\n").map((line) => line.trim().split(":")[0]);
    expect(paths).toEqual([
      "4 faults in the stack's config",
      "typo",
      "grafanaAdminPassword",
      "federation",
      "retention",
    ]);
    expect(error.message).toContain(
      "pulumi config set --secret flower-monitoring:grafanaAdminPassword",
    );
    expect(error.message).not.toMatch(/correct-horse|0123456789abcdef/);
  });

  it("tells a secret key from a plain one by what the engine says", async () => {
    await stackConfig(rightConfig(), ["opsHook"]);
    expect(failure().message).toContain("grafanaAdminPassword: got a plain text value");
    await stackConfig(rightConfig(), ["grafanaAdminPassword"]);
    expect(failure().message).toContain("opsHook: got a plain text value");
  });

  it("takes a password that looks like a number or like JSON as text", async () => {
    for (const password of ["123456789012345", "{not json at all", "true-or-false"]) {
      await stackConfig({ ...rightConfig(), grafanaAdminPassword: password }, SECRET);
      const { secrets } = load();
      expect(await known(secrets.grafanaAdminPassword)).toEqual({ value: password, secret: true });
    }
  });

  it("reports a map set as broken JSON without quoting Pulumi's own error", async () => {
    await stackConfig({ ...rightConfig(), ssh: "{user: root" }, SECRET);
    expect(failure().message).toMatch(/ssh: got "\{user: root"; allowed: a map with the keys user/);
  });

  it("starts relative paths at the project directory it is given", async () => {
    await stackConfig(rightConfig(), SECRET);
    vi.stubEnv("FLOWER_MONITORING_PROJECT_DIR", "/nowhere");
    expect(failure().message).toContain("/nowhere/known_hosts (no such file)");
    const { config } = loadConfig({ projectDir });
    expect(config.ssh.knownHostsFile).toBe(join(projectDir, "known_hosts"));
    vi.stubEnv("FLOWER_MONITORING_PROJECT_DIR", "");
    expect(failure().message).toContain(join(process.cwd(), "known_hosts"));
  });

  it("makes the directory of ssh's sockets for this user only, and none for a unix socket", async () => {
    const directory = join(projectDir, "home/.ssh");
    const monitoring = { docker: "unix:///var/run/docker.sock" };
    await stackConfig({ ...rightConfig(), monitoring }, SECRET);
    loadConfig();
    expect(existsSync(directory)).toBe(false);
    await stackConfig(rightConfig(), SECRET);
    loadConfig();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });
});
