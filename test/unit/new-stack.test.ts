/** npm run new-stack: what it writes is a right stack, and nothing is written where it is not. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import Ajv from "ajv";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { stackFileSchema } from "../../components/config/json-schema";
import { given, newStack } from "../../runner/new-stack/options";
import { run } from "../../runner/run";

const ROOT = resolve(__dirname, "../..");
const RIGHT = [
  ...["--stack", "clinic", "--monitoring", "ssh://ops@10.0.0.10", "--superlink", "10.0.0.11"],
  ...["--supernode", "a=10.0.0.21@north", "--supernode", "b=10.0.0.22"],
];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "flower-monitoring-new-stack-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The command, as npm runs it. */
async function command(...args: string[]): Promise<string> {
  const words = ["--import", "tsx", "runner/new-stack/main.ts", ...args, "--cwd", directory];
  const { stdout } = await run(process.execPath, words, { cwd: ROOT });
  return stdout;
}

const written = (): string => readFileSync(join(directory, "Pulumi.clinic.yaml"), "utf8");

describe("a new stack", () => {
  it("is written, with the commands that are left, and its editor's schema agrees", async () => {
    const said = await command(...RIGHT, "--slack", "--gpu");
    expect(said).toContain(
      "ssh-keyscan -t ed25519 10.0.0.10 10.0.0.11 10.0.0.21 10.0.0.22 > known_hosts.clinic",
    );
    for (const key of ["grafanaAdminPassword", "slackUrl"]) {
      expect(said).toContain(`pulumi config set --secret flower-monitoring:${key} --stack clinic`);
    }
    const check = new Ajv({ strictTypes: false }).compile(stackFileSchema());
    expect(check(parse(written())), JSON.stringify(check.errors)).toBe(true);
    expect(parse(written())).toMatchObject({
      config: {
        "flower-monitoring:federation": "clinic",
        "flower-monitoring:context": { FL_GPU_ENABLED: "YES", FL_DCGM_ENABLED: "YES" },
        "flower-monitoring:supernodes": [
          { name: "a", address: "10.0.0.21", labels: { site: "north" } },
          { name: "b", address: "10.0.0.22" },
        ],
      },
    });
  });

  it("is not written where the config would be refused, and every fault is told", async () => {
    const wrong = [...RIGHT, "--supernode", "C!=0.0.0.0", "--webhook", "ftp://ops"];
    const failure = command(...wrong);
    await expect(failure).rejects.toThrow(/supernodes\[2\]\.name: got "C!"/);
    await expect(failure).rejects.toThrow(/supernodes\[2\]\.address: got "0\.0\.0\.0"/);
    await expect(failure).rejects.toThrow(/receivers\[0\]\.webhook\.url: got/);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("is not written over one that there is", async () => {
    writeFileSync(join(directory, "Pulumi.clinic.yaml"), "config: {}\n");
    await expect(command(...RIGHT, "--slack")).rejects.toThrow(/--stack: got "clinic", whose file/);
    expect(written()).toBe("config: {}\n");
  });

  it("asks on a terminal for what no option says, and for nothing else", async () => {
    const answers = ["10.0.0.11", "a=10.0.0.21@north b=10.0.0.22"];
    const asked: string[] = [];
    const ask = (question: string): Promise<string> => {
      asked.push(question);
      return Promise.resolve(answers[asked.length - 1] ?? "");
    };
    const options = given([
      "--stack",
      "clinic",
      "--monitoring",
      "unix:///run/docker.sock",
      "--slack",
    ]);
    const made = await newStack(options, ask);
    expect(asked).toEqual([
      "the SuperLink's address: ",
      "SuperNodes, NAME=ADDRESS[@SITE], blanks between: ",
    ]);
    expect(made.supernodes).toEqual([
      { name: "a", address: "10.0.0.21", site: "north" },
      { name: "b", address: "10.0.0.22" },
    ]);
  });

  it.each([
    ["what nobody can be asked for", ["--stack", "clinic"], "--monitoring: got nothing"],
    ["an option that there is not", ["--stak", "x"], "options: got Unknown option '--stak'"],
    [
      "a SuperNode without a name",
      [...RIGHT, "--slack", "--supernode", "10.0.0.9"],
      'got "10.0.0.9"',
    ],
    ["two ways at once", [...RIGHT, "--slack", "--email", "a@b.org"], "got more than one"],
    ["TLS and none", [...RIGHT, "--slack", "--insecure", "--ca-file", "/a"], "leave one out"],
  ])("tells in one line: %s", async (_what, args, words) => {
    const made = (async () => newStack(given(args), undefined))();
    await expect(made).rejects.toThrow(words);
  });
});
