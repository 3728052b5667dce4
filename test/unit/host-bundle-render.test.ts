import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import { deterministicTar } from "../../components/render/host-tar";
import { fillUnit, systemdWord } from "../../components/render/host-units";
import { scrapeTargets } from "../../components/render/scrape-targets";

const host = { name: "supernode-1", address: "10.0.0.21" };

describe("a unit template", () => {
  it("is filled completely or not at all", () => {
    expect(fillUnit("a @PORT@ b @PORT@", { PORT: "1" })).toBe("a 1 b 1");
    expect(() => fillUnit("@PORT@ @FLAGS@", { PORT: "1" })).toThrow("no value for @FLAGS@");
    expect(() => fillUnit("@PORT@", { PORT: "1", FLAGS: "" })).toThrow("no mark for FLAGS");
  });

  it("keeps words as one word that systemd does not expand", () => {
    expect(systemdWord("--a=^/(dev)($|/)")).toBe("--a=^/(dev)($$|/)");
    expect(systemdWord("/opt/my flower/100%")).toBe('"/opt/my flower/100%%"');
    expect(systemdWord('a"b\\c')).toBe('"a\\"b\\\\c"');
  });
});

describe("the tar writer", () => {
  it("gives every content back through tar, whatever its length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100 }), (bytes) => {
        const content = Buffer.from(bytes);
        const tar = deterministicTar([{ path: "a/b", mode: 0o644, content }]);
        expect(execFileSync("tar", ["-xOf", "-", "a/b"], { input: tar }).equals(content)).toBe(
          true,
        );
      }),
      { numRuns: 12, examples: [[new Uint8Array(0)], [new Uint8Array(512)]] },
    );
  });

  it("does not depend on the order of the files", () => {
    const file = (path: string) => ({ path, mode: 0o644 as const, content: Buffer.from(path) });
    const [a, b] = [file("a"), file("b")];

    expect(deterministicTar([b, a]).equals(deterministicTar([a, b]))).toBe(true);
  });

  it("refuses a path that its format cannot hold", () => {
    const path = "x".repeat(101);

    expect(() => deterministicTar([{ path, mode: 0o644, content: Buffer.alloc(0) }])).toThrow(
      /longer than 100 bytes/,
    );
  });
});

const demo = { federation: "demo", context: CONTEXT_DEFAULTS };

describe("scrape targets", () => {
  const labels = { site: "hospital-1" };

  it("are both exporters on the superlink and node_exporter on a supernode", () => {
    const superlink = { name: "s", role: "superlink" as const, address: "10.0.0.11", labels: {} };
    const common = { federation: "demo", host: "s", role: "superlink" };

    expect(scrapeTargets(superlink, demo)).toEqual([
      { job: "node", targets: ["10.0.0.11:9100"], labels: common },
      { job: "flower", targets: ["10.0.0.11:9101"], labels: common },
    ]);
    expect(scrapeTargets({ ...host, role: "supernode", labels }, demo)).toEqual([
      {
        job: "node",
        targets: ["10.0.0.21:9100"],
        labels: { site: "hospital-1", federation: "demo", host: "supernode-1", role: "supernode" },
      },
    ]);
  });

  it("keep host, role and federation when a host's own labels claim them", () => {
    const [target] = scrapeTargets(
      { ...host, role: "supernode", labels: { host: "x", role: "y", federation: "z" } },
      demo,
    );

    expect(target?.labels).toEqual({ federation: "demo", host: "supernode-1", role: "supernode" });
  });

  it("put an IPv6 address in brackets", () => {
    const [target] = scrapeTargets(
      { ...host, address: "2001:db8::1", role: "supernode", labels },
      demo,
    );

    expect(target?.targets).toEqual(["[2001:db8::1]:9100"]);
  });
});
