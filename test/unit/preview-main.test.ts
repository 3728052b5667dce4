/** The command `comment`, from its options to the text. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Folder } from "../../preview/folder";
import { written } from "../../preview/main";
import { exampleFolder, recorded } from "../support/preview-case";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "flower-monitoring-comment-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), content);
}

function writeFolder(name: string, folder: Folder): void {
  for (const [path, content] of folder) write(`${name}/${path}`, content);
}

const run = (...args: string[]): string => written(args, directory).text;
const STACK = ["--stack", "trial", "--base", "base", "--head", "head"];

describe("the command comment", () => {
  beforeEach(() => {
    writeFolder("base", exampleFolder());
    writeFolder(
      "head",
      exampleFolder((raw) => {
        Object.assign(raw, { retention: "30d" });
      }),
    );
  });

  it("compares two exports, with what Pulumi said and what was compared", () => {
    write("preview.json", recorded("replace.json"));
    const text = run(...STACK, "--preview", "preview.json", "--from", "main", "--to", "3f2a");
    expect(text).toMatch(/^<!-- flower-monitoring preview of trial -->\n/);
    expect(text).toContain("Prometheus: its container is replaced (command)");
    expect(text).toContain("`--storage.tsdb.retention.time=30d`");
    expect(text).toContain("<sub>main → 3f2a</sub>");
    expect(text).not.toContain("no access to the stack's state");
  });

  it("says where it could not ask, and why something failed", () => {
    expect(run(...STACK)).toContain("no access to the stack's state");
    write("why.txt", recorded("runner-failed.txt"));
    write("empty.json", "");
    const text = run(...STACK, "--preview", "empty.json", "--failed", "why.txt");
    expect(text).toContain("**The preview failed.");
    expect(text).toContain('federation: got "No Good"');
    rmSync(join(directory, "head"), { recursive: true });
    expect(run(...STACK, "--failed", "why.txt")).toContain(
      "**The stack's files cannot be rendered.**",
    );
  });

  it("takes away what the stack calls secret", () => {
    write("secrets.json", JSON.stringify({ a: { value: "Something went wrong", secret: true } }));
    write("why.txt", "Something went wrong at 10.0.0.1");
    const text = run(...STACK, "--failed", "why.txt", "--secrets", "secrets.json");
    expect(text).toContain("[secret] at 10.0.0.1");
    expect(text).not.toContain("Something went wrong");
  });

  it("shows pictures of the dashboards that changed, where there are any", () => {
    write("pictures/hosts.png", "");
    write("pictures/flower-monitoring-slos.png", "");
    const changed = ["hosts", "slos", "gpu"];
    for (const slug of changed) {
      write(`head/dashboards/${slug}.json`, JSON.stringify({ title: slug, panels: [] }));
    }
    const text = run(
      ...STACK,
      "--pictures",
      "pictures",
      "--pictures-url",
      "https://example.org/p/",
    );
    expect(text.match(/!\[.*?\]\(.*?\)/g)).toEqual([
      "![hosts](https://example.org/p/hosts.png)",
      "![slos](https://example.org/p/flower-monitoring-slos.png)",
    ]);
  });

  it("refuses in one line", () => {
    const refusal = (...args: string[]): string => {
      try {
        return run(...args);
      } catch (error) {
        return (error as Error).message;
      }
    };
    const refusals = [
      refusal("--stakc", "trial"),
      refusal("--base", "base", "--head", "head"),
      refusal("--stack", "trial", "--base", "base"),
      refusal("--stack", "trial", "--base", "base", "--head", "nowhere"),
      refusal(...STACK, "--preview", "nowhere.json"),
      refusal(...STACK, "--secrets", "base/prometheus.yml"),
    ];
    for (const words of refusals) expect(words).toMatch(/^[-\w]+: got .+; allowed: .+; do: .+$/);
    expect(run("--help")).toContain("Exit code: 0");
  });
});
