/** Where a comment finds the pictures of dashboards, and what happens where none can be made. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { drawn, picturesIn } from "../../preview/pictures";
import { optionsOf } from "../../preview/pull-request-options";
import { REPO } from "../support/documents";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "flower-monitoring-pictures-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("the picture of a dashboard", () => {
  beforeEach(() => writeFileSync(join(directory, "slos.png"), ""));

  it("is shown by its address, or named with the page that has it", () => {
    const url = "https://gitlab.example.org/job/1/artifacts/raw/dev/pictures/";
    expect(picturesIn({ directory, url })("slos")).toEqual({ image: `${url}slos.png` });
    expect(picturesIn({ directory })("slos")).toEqual({ file: "slos.png" });
    const page = "https://github.com/runs/1";
    expect(picturesIn({ directory, path: "dev/pictures", page })("slos")).toEqual({
      file: "dev/pictures/slos.png",
      page,
    });
  });

  it("is none where there is no file", () => {
    expect(picturesIn({ directory })("hosts")).toBeUndefined();
    expect(picturesIn({ directory: join(directory, "nowhere") })("slos")).toBeUndefined();
  });

  it("has no address where its name could be more than a name", () => {
    const name = "a)[x](b";
    writeFileSync(join(directory, `${name}.png`), "");
    expect(picturesIn({ directory, url: "https://example.org" })(name)).toEqual({
      file: `${name}.png`,
    });
  });
});

describe("drawing", () => {
  /** A checkout whose report is this. */
  function checkout(report: string): string {
    mkdirSync(join(directory, "lab", "report"), { recursive: true });
    symlinkSync(join(REPO, "node_modules"), join(directory, "node_modules"));
    writeFileSync(join(directory, "lab", "report", "main.ts"), report);
    return directory;
  }

  it("asks that checkout's report, without what is secret", async () => {
    process.env["CANARY_TOKEN"] = "canary";
    const asked = `import { writeFileSync } from "node:fs";
      writeFileSync("asked.json", JSON.stringify([process.argv.slice(2), process.env["CANARY_TOKEN"] ?? ""]));`;
    try {
      expect(await drawn(["/a", "/b"], checkout(asked), true)).toBeUndefined();
    } finally {
      delete process.env["CANARY_TOKEN"];
    }
    expect(JSON.parse(readFileSync(join(directory, "asked.json"), "utf8"))).toEqual([
      ["--recorded", "--changes", "/a", "--changes", "/b", "--install-browser"],
      "",
    ]);
  });

  it("that fails says why in one line", async () => {
    const fails = `process.stderr.write("[ note ] x\\nno browser: none is on PATH\\nmore\\n"); process.exit(1);`;
    expect(await drawn(["/a"], checkout(fails), false)).toBe("no browser: none is on PATH");
  });

  it("that crashes says with what", async () => {
    const crashes = checkout(`throw new TypeError("x is not a function");`);
    expect(await drawn(["/a"], crashes, false)).toBe("TypeError: x is not a function");
  });
});

describe("options of a pull request's comments", () => {
  const needed = ["--base", "main", "--out", "out"];

  it("have where readers find the pictures", () => {
    const given = ["--pictures-url", "https://example.org/raw/", "--pictures-page", "http://x/1"];
    expect(optionsOf([...needed, ...given, "-s", "a b", "--install-browser"], "/here")).toEqual({
      base: "main",
      out: "/here/out",
      stacks: ["a", "b"],
      picturesUrl: "https://example.org/raw",
      picturesPage: "http://x/1",
      installBrowser: true,
    });
    expect(optionsOf(needed, "/here")).toEqual({
      ...{ base: "main", out: "/here/out", stacks: [], installBrowser: false },
    });
    expect(optionsOf(["--help"], "/here")).toBeUndefined();
  });

  it.each([
    [["--base", "main"]],
    [[...needed, "--stack", "-x"]],
    [[...needed, "--pictures-url", "javascript:x"]],
    [[...needed, "--pictures-page", "https://x/)[y](z"]],
    [[...needed, "--picture", "x"]],
  ])("%j is refused in one line", (args) => {
    expect(() => optionsOf(args, "/here")).toThrow(/^[-\w]+: got .+; allowed: .+; do: .+$/);
  });
});
