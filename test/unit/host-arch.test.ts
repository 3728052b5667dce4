/** Which node_exporter a host takes, by what `uname -m` says, and how it refuses a wrong one. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import { hostBundle } from "../../components/host-bundle";
import { sha256 } from "../../components/render/shell";
import { FakeHost, hostShells } from "../support/fake-host";

/** The release's fetch list and settings, as a SuperNode's bundle has them. */
function release(nodeExporter?: string): Record<"fetch" | "env", string> {
  const artifacts = nodeExporter === undefined ? {} : { nodeExporter };
  const spec = { role: "supernode", federation: "demo", context: CONTEXT_DEFAULTS } as const;
  const { files } = hostBundle({ ...spec, artifacts });
  const text = (path: string) => files.find((file) => file.path === path)?.content.toString() ?? "";
  return { fetch: text("fetch"), env: text("bundle.env") };
}

const ARM = { machine: 0xb7, uname: "aarch64", arch: "arm64" };
const AMD = { machine: 0x3e, uname: "x86_64", arch: "amd64" };

describe.each(hostShells)("under $name", ({ program }) => {
  let host: FakeHost;
  let scratch: string;
  beforeEach(() => {
    host = new FakeHost(program);
    scratch = mkdtempSync(join(tmpdir(), "host-arch-"));
  });
  afterEach(() => {
    host.remove();
    rmSync(scratch, { recursive: true });
  });

  const machine = (uname: string) => host.tool("uname", `echo ${uname}`);

  /** A bundle that carries a program for this machine, as far as the bundle looks at it. */
  function carrying({ machine: code }: typeof ARM): void {
    const elf = Buffer.alloc(64);
    elf.write("\x7fELF", "latin1");
    elf.writeUInt16LE(code, 18);
    const path = join(scratch, "node_exporter");
    writeFileSync(path, elf);
    host.file("bundle.env", release(path).env);
    host.file("bin/node_exporter", elf, 0o755);
  }

  const check = () => host.run('. "$here/bundle.env"; step=preflight; check_arch; echo "$arch"');

  it.each([ARM, AMD])("$uname takes a bundle that carries its own binary", (own) => {
    machine(own.uname);
    carrying(own);

    expect(check()).toEqual({ code: 0, stdout: `${own.arch}\n`, stderr: "" });
  });

  it.each([
    [ARM, AMD],
    [AMD, ARM],
  ])("$uname refuses a bundle that carries the other's", (own, other) => {
    machine(own.uname);
    carrying(other);

    expect(check()).toEqual({
      code: 1,
      stdout: "",
      stderr:
        `flower-monitoring: h1: preflight: the bundle is for ${other.arch}, this host is ${own.arch}; ` +
        `set flower-monitoring:artifacts to binaries for ${own.arch}, or leave them out to ` +
        "download them\n",
    });
  });

  it("refuses a carried binary that does not run, whatever its header says", () => {
    machine("aarch64");
    carrying(ARM);

    expect(host.run('. "$here/bundle.env"; check_arch; node_exporter_install')).toMatchObject({
      code: 1,
      stderr:
        "flower-monitoring: h1: test: bin/node_exporter of the bundle does not run on this host; is it built for arm64?\n",
    });
  });

  it.each([ARM, AMD])("$uname asks for its own download, and no other", ({ uname, arch }) => {
    machine(uname);
    const { fetch, env } = release();
    host.file("bundle.env", env);
    host.file("fetch", fetch);
    host.tool("curl", "exit 22");

    const outcome = host.run('. "$here/bundle.env"; check_arch; fetch_all');

    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(
      new RegExp(`cannot download https:\\S+linux-${arch}\\.tar\\.gz;`),
    );
    const urls = host.calls().filter((call) => call.startsWith("curl"));
    expect(urls).toEqual([expect.stringMatching(new RegExp(`linux-${arch}\\.tar\\.gz$`))]);
  });

  describe("a download for aarch64", () => {
    const words = "#!/bin/sh\nexit 0\n";

    /** An archive as the releases are, and a fetch list of both architectures' that names it. */
    function served(sum?: string): void {
      machine("aarch64");
      host.file("www/release/node_exporter", words, 0o755);
      const archive = join(scratch, "release.tar.gz");
      spawnSync("tar", ["-czf", archive, "-C", join(host.here, "www"), "release"]);
      const { stdout } = spawnSync("sha256sum", [archive], { encoding: "utf8" });
      const right = sum ?? stdout.slice(0, 64);
      const line = (arch: string, hash: string) =>
        `${arch} ${hash} https://example.org/${arch}.tar.gz release/node_exporter bin/node_exporter\n`;
      host.file("fetch", line("amd64", sha256("amd64")) + line("arm64", right));
      host.file("bundle.env", release().env);
      host.tool("curl", `while [ "$1" != -o ]; do shift; done; cat ${archive} > "$2"`);
      host.tool("gzip", `exec ${spawnSync("which", ["gzip"]).stdout.toString().trim()} "$@"`);
    }

    const install = () =>
      host.run('. "$here/bundle.env"; step=install; check_arch; fetch_all; node_exporter_install');

    it("is unpacked and runs", () => {
      served();

      expect(install()).toEqual({ code: 0, stdout: "", stderr: "" });

      expect(host.read("bin/node_exporter")).toBe(words);
    });

    it("is refused, unused, with another checksum than arm64's", () => {
      const amd64 = sha256("amd64");
      served(amd64);

      expect(install()).toMatchObject({
        code: 1,
        stderr:
          `flower-monitoring: h1: install: https://example.org/arm64.tar.gz does not have the SHA-256 ${amd64}; ` +
          "nothing of it was used; look for a proxy that changes downloads\n",
      });
      expect(() => host.read("bin/node_exporter")).toThrow(/ENOENT/);
    });
  });

  it("a machine that no download is for is told so", () => {
    machine("riscv64");
    const { fetch, env } = release();
    host.file("bundle.env", env);
    host.file("fetch", fetch);

    const outcome = host.run('. "$here/bundle.env"; check_arch; fetch_all; node_exporter_install');

    expect(outcome).toMatchObject({
      code: 1,
      stderr:
        "flower-monitoring: h1: test: the bundle has neither bin/node_exporter nor a download for riscv64; " +
        "set flower-monitoring:artifacts.nodeExporter\n",
    });
  });
});
