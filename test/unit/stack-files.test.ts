/** The example stacks, and the JSON Schema that editors check them with. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { describe, expect, it, test } from "vitest";
import { parse } from "yaml";
import { stackFileSchema } from "../../components/config/json-schema";
import { parseStackConfig } from "../../components/config/schema";
import { EXAMPLE_SECRETS, exampleSecrets, exampleSettings, ROOT } from "../support/example-files";
import { knownHostsOf, privateKey, type Editable } from "./config-fixture";

const FILES = ["Pulumi.dev.yaml", "Pulumi.staging.example.yaml", "Pulumi.production.example.yaml"];

const k = (key: string): string => `flower-monitoring:${key}`;

type StackFile = { config: Record<string, Editable> };

const read = (name: string): StackFile =>
  parse(readFileSync(join(ROOT, name), "utf8")) as StackFile;

// Patterns are the rules' own; strictTypes would want a type beside each enum.
const check = new Ajv({ strict: true, strictTypes: false }).compile(stackFileSchema());

const faults = (file: unknown): string[] => {
  check(file);
  return (check.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
};

describe("the schema for editors", () => {
  test.each(FILES)("has nothing against %s", (name) => {
    expect(faults(read(name))).toEqual([]);
  });

  const at = "/config/flower-monitoring:";
  const wrong: [string, (config: StackFile["config"]) => void, string][] = [
    [
      "a misspelt key",
      (c) => Object.assign(c[k("superlink")]!, { adress: "x" }),
      `${at}superlink additionalProperties`,
    ],
    ["a port in quotes", (c) => Object.assign(c[k("ssh")]!, { port: "22" }), `${at}ssh/port type`],
    [
      "a name that cannot be",
      (c) => Object.assign(c[k("supernodes")]![0]!, { name: "Node 1" }),
      `${at}supernodes/0/name pattern`,
    ],
    [
      "a threshold that there is not",
      (c) => Object.assign(c[k("alerting")]!, { thresholds: { targetDown: "5m" } }),
      `${at}alerting/thresholds additionalProperties`,
    ],
    [
      "a receiver of an unknown kind",
      (c) => Object.assign(c[k("alerting")]!.receivers![0]!, { pager: {} }),
      `${at}alerting/receivers/0 additionalProperties`,
    ],
    [
      "a scope that there is not",
      (c) => Object.assign(c, { [k("scope")]: "hosts" }),
      `${at}scope enum`,
    ],
  ];
  it.each(wrong)("finds %s", (_what, edit, fault) => {
    const file = read("Pulumi.dev.yaml");
    edit(file.config);
    expect(faults(file)).toEqual([fault]);
  });
});

describe.each(["staging", "production"])("the example for %s", (name) => {
  const raw = exampleSettings(name);
  const used = exampleSecrets(raw);
  const secrets = Object.fromEntries(used.map((key) => [key, EXAMPLE_SECRETS[key]]));
  const addresses = JSON.stringify(raw).match(/\d+\.\d+\.\d+\.\d+/g) ?? [];
  const files: Record<string, string> = {
    [`/project/known_hosts.${name}`]: knownHostsOf([...new Set(addresses)]),
    "/home/op/.ssh/id_ed25519": privateKey(),
  };
  const io = {
    projectDir: "/project",
    home: "/home/op",
    readFile: (path: string) => files[path],
    isFile: (path: string) => Object.hasOwn(files, path),
    isDirectory: () => false,
  };

  it("is a right stack, once its secrets are set and its hosts are known", () => {
    const config = parseStackConfig({ ...raw, ...secrets }, io, new Set(used));
    expect(config.scope).toBe("all");
    expect(config.federation).toBe(name);
  });

  it("says how each of its secrets is set", () => {
    const text = readFileSync(join(ROOT, `Pulumi.${name}.example.yaml`), "utf8");
    for (const key of used) {
      expect(text).toContain(`pulumi config set --secret flower-monitoring:${key} --stack ${name}`);
    }
  });

  it("names the lab's addresses nowhere", () => {
    expect(addresses.filter((address) => address.startsWith("172."))).toEqual([]);
  });
});

test("the schema in the repository is the code's", () => {
  const text = readFileSync(join(ROOT, "schema/stack.schema.json"), "utf8");
  expect(JSON.parse(text)).toEqual(stackFileSchema());
});
