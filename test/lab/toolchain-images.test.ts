import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { imageKey } from "../../lab/images/key";
import { writeMinimalRoot } from "../../lab/images/minimal-root";
import { run } from "../../runner/run";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "images-test-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function file(name: string, content: string): string {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
}

describe("imageKey", () => {
  test("is the same for the same inputs wherever the files lie", () => {
    const key = imageKey(["v1"], [file("a", "content")]);
    expect(key).toMatch(/^[0-9a-f]{12}$/);
    expect(imageKey(["v1"], [file("b", "content")])).toBe(key);
  });

  test("changes with a value, with a file's content, and when content moves between files", () => {
    const keys = [
      imageKey(["v1"], [file("a", "xy"), file("b", "z")]),
      imageKey(["v2"], [file("a", "xy"), file("b", "z")]),
      imageKey(["v1"], [file("a", "xy"), file("b", "Z")]),
      imageKey(["v1"], [file("a", "x"), file("b", "yz")]),
      imageKey(["v", "1"], [file("a", "xy"), file("b", "z")]),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("writeMinimalRoot", () => {
  test("gives the user only their own directories, with a shell and a wget beside the server", async () => {
    const work = join(dir, "work");
    mkdirSync(work);
    const tar = join(dir, "root.tar");
    const binaries = { "/bin/server": file("server", "binary") };
    const user = { name: "nobody", id: 65534 };
    await writeMinimalRoot({ binaries, user, ownedDirs: ["data", "etc/server"] }, tar, work);

    const { stdout } = await run("tar", ["--numeric-owner", "-tvf", tar]);
    const entries = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/));
    const owner = new Map(entries.map((entry) => [entry[5], `${entry[0]} ${entry[1]}`]));
    expect(owner.get("./data/")).toBe("drwxr-xr-x 65534/65534");
    expect(owner.get("./etc/server/")).toBe("drwxr-xr-x 65534/65534");
    expect(owner.get("./bin/server")).toBe("-rwxr-xr-x 0/0");
    expect(owner.get("./tmp/")).toBe("drwxrwxrwt 0/0");
    for (const applet of ["sh", "wget", "mv"]) expect(owner.has(`./bin/${applet}`)).toBe(true);
    const others = entries.filter((entry) => entry[1] !== "0/0").map((entry) => entry[5]);
    expect(others).toEqual(["./data/", "./etc/server/"]);
  });
});
