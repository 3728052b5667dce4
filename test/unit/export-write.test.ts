/** The command `export`, from its options to the folder. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseCommand, type Options } from "../../runner/args";
import { exportCommand } from "../../runner/export";
import { exampleValues, ExportProject } from "../support/export-project";
import { password, prometheus, StandIn } from "./grafana-stand-in.kit";

let project: ExportProject;
let said: string;
beforeEach(() => {
  project = new ExportProject().stack("trial", exampleValues());
  said = "";
  const hear = (text: string | Uint8Array): boolean => {
    said += String(text);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(hear);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  project.remove();
});

/** The options of `npm run export` from the project's directory. */
function options(...args: string[]): Options {
  const env = { INIT_CWD: project.directory };
  const words = ["export", "--stack", "trial", "--cwd", ".", ...args];
  return parseCommand(words, "/repo", env) as Options;
}
const at = (...path: string[]): string => join(project.directory, ...path);

describe("the command export", () => {
  it("writes where it was called, below export/, and says how much", () => {
    expect(exportCommand(options())).toBe(0);
    expect(readFileSync(at("export", "trial", "stack.json"), "utf8")).toContain('"version": 1');
    expect(said).toMatch(/^\d+ files of the stack trial are in .*export\/trial\n$/);
  });

  it("tells as one object with --json", () => {
    exportCommand(options("--out", "there", "--json"));
    expect(JSON.parse(said)).toMatchObject({ version: 1, stack: "trial", out: at("there") });
  });

  it("replaces an earlier export as a whole", () => {
    exportCommand(options("--out", "there"));
    const before = readdirSync(at("there", "dashboards"));
    writeFileSync(at("there", "dashboards", "gone.json"), "{}");
    exportCommand(options("--out", "there"));
    expect(readdirSync(at("there", "dashboards"))).toEqual(before);
    expect(readdirSync(project.directory).filter((name) => name.endsWith(".new"))).toEqual([]);
  });

  it("takes an empty directory, and touches none that has something else", () => {
    mkdirSync(at("empty"));
    expect(exportCommand(options("--out", "empty"))).toBe(0);
    mkdirSync(at("mine"));
    writeFileSync(at("mine", "thesis.txt"), "years of work");
    expect(() => exportCommand(options("--out", "mine"))).toThrow(
      /^--out: got .*; allowed: .*; do: /,
    );
    expect(existsSync(at("mine", "thesis.txt"))).toBe(true);
    // Another program's file of that name is none of ours.
    writeFileSync(at("mine", "stack.json"), "{}");
    expect(() => exportCommand(options("--out", "mine"))).toThrow(/^--out: got/);
  });
});

describe("exported dashboards", () => {
  it("are taken by Grafana, each with the uid that links name", async () => {
    exportCommand(options("--out", "there"));
    const grafana = await StandIn.start();
    try {
      await grafana.ask("POST", "/api/datasources", {
        ...prometheus,
        uid: "flower-monitoring-prometheus",
      });
      const names = readdirSync(at("there", "dashboards"));
      for (const name of names) {
        const model = JSON.parse(readFileSync(at("there", "dashboards", name), "utf8")) as object;
        const { status, body } = await grafana.ask("POST", "/api/dashboards/db", {
          dashboard: model,
          overwrite: true,
        });
        expect([name, status, body["uid"]]).toEqual([
          name,
          200,
          `flower-monitoring-${name.replace(".json", "")}`,
        ]);
      }
      const found = await grafana.ask("GET", "/api/search", undefined, `admin:${password}`);
      expect(JSON.parse(found.text)).toHaveLength(names.length);
    } finally {
      grafana.stop();
    }
  });
});
