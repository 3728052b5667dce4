import { chownSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { renderFileSync, type ConfigFile } from "../../components/render/config-push";
import { FakeVm, shells } from "../support/fake-vm";

const { found, missing } = shells();
for (const reason of missing) console.warn(`skipped: file sync under ${reason}`);

/** chown to another user needs root; without it files are handed to whoever runs the test. */
const root = process.getuid?.() === 0;
const OWNER = root ? "65534:65534" : `${process.getuid?.()}:${process.getgid?.()}`;

let vm: FakeVm;
afterEach(() => vm.remove());

function sync(files: ConfigFile[], mode = "0600"): string {
  const target = { image: "i:v1", volume: "config", mountPath: vm.volume };
  return renderFileSync(target, "secrets", files, OWNER, mode);
}

function mode(path: string): string {
  return (statSync(join(vm.volume, path)).mode & 0o777).toString(8);
}

/** Lists the folder with modes after each command that the script runs, before the next. */
const WATCH = `mv() { ls -lA secrets >> "$FAKE/watched"; command mv "$@"; ls -lA secrets >> "$FAKE/watched"; }
chown() { ls -lA secrets >> "$FAKE/watched"; command chown "$@"; }
chmod() { ls -lA secrets >> "$FAKE/watched" 2>/dev/null || :; command chmod "$@"; }
`;

describe.each(found)("under $name", (shell) => {
  test("writes each file with its content, mode and owner, and says how many", () => {
    vm = new FakeVm(shell);
    const outcome = vm.run(
      sync([
        { path: "ops.url", content: "https://hooks.example.org/it's $HOME" },
        { path: "lab.url", content: "http://b" },
      ]),
    );
    expect(outcome).toMatchObject({ code: 0, stdout: "wrote 2 files\n", stderr: "" });
    expect(vm.list("secrets")).toEqual(["lab.url", "ops.url"]);
    expect(vm.list(".")).toEqual(["secrets"]);
    expect([mode("secrets"), mode("secrets/ops.url")]).toEqual(["755", "600"]);
    const { uid, gid } = statSync(join(vm.volume, "secrets/ops.url"));
    expect(`${uid}:${gid}`).toBe(OWNER);
  });

  test("public files are readable by all", () => {
    vm = new FakeVm(shell);
    vm.run(sync([{ path: "node.json", content: "[]" }], "0644"));
    expect(mode("secrets/node.json")).toBe("644");
  });

  test("removes what is no longer listed, and what a killed run left half-written", () => {
    vm = new FakeVm(shell);
    vm.run(
      sync([
        { path: "a.url", content: "a" },
        { path: "b.url", content: "b" },
      ]),
    );
    writeFileSync(join(vm.volume, "secrets/.old.url.new"), "half");
    expect(vm.run(sync([{ path: "b.url", content: "b2" }])).code).toBe(0);
    expect(vm.list("secrets")).toEqual(["b.url"]);
    expect(vm.run(sync([])).code).toBe(0);
    expect(vm.list("secrets")).toEqual([]);
  });

  test("the same files again are harmless", () => {
    vm = new FakeVm(shell);
    const script = sync([{ path: "a.url", content: "a" }]);
    expect(vm.run(script)).toEqual(vm.run(script));
    expect(vm.list("secrets")).toEqual(["a.url"]);
  });

  test("at no moment can another user read a secret, whatever the caller's umask", () => {
    vm = new FakeVm(shell);
    const script = sync([
      { path: "a.url", content: "a" },
      { path: "b.url", content: "b" },
    ]);
    // The functions stand before the script that runs in the container.
    const watched = script.replace("set -eu\ncd ", `${WATCH}set -eu\ncd `);
    expect(watched).not.toBe(script);
    expect(vm.run(`umask 000\n${watched}`)).toMatchObject({ code: 0, stderr: "" });
    const seen = vm.watched().filter((line) => /\.url(\.new)?$/.test(line));
    expect(seen.length).toBeGreaterThan(6);
    expect(seen.filter((line) => !line.startsWith("-rw-------"))).toEqual([]);
  });

  test("a file that others could read before is replaced, not rewritten", () => {
    vm = new FakeVm(shell);
    mkdirSync(join(vm.volume, "secrets"));
    const path = join(vm.volume, "secrets/a.url");
    writeFileSync(path, "old", { mode: 0o644 });
    if (root) chownSync(path, 1, 1);
    const before = statSync(path).ino;
    vm.run(sync([{ path: "a.url", content: "new" }]));
    expect(mode("secrets/a.url")).toBe("600");
    expect(statSync(path).ino).not.toBe(before);
  });
});
