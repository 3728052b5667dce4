/** The parts that a comment is made with: differences, and words in Markdown. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedPart, compare, diffLines, leaves } from "../../preview/difference";
import { block, code, count, joined, listed, names, plain } from "../../preview/words";

describe("a difference of lines", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 12 });

  it("without what came is the text before, without what went the text after", () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        fc.pre(before.join() !== after.join());
        const all = diffLines(before.join("\n"), after.join("\n"), 100);
        const side = (sign: string): string[] =>
          all.filter((line) => !line.startsWith(sign)).map((line) => line.slice(2));
        expect(side("+")).toEqual(before);
        expect(side("-")).toEqual(after);
      }),
    );
  });

  it("has little of what is the same, and nothing of two texts that are", () => {
    const before = ["0", "1", "2", "3", "4", "5", "6", "7"];
    const after = before.map((line) => (line === "2" || line === "6" ? `${line}!` : line));
    expect(diffLines(before.join("\n"), after.join("\n"))).toEqual([
      ...["  1", "- 2", "+ 2!", "  3", "  …", "  5", "- 6", "+ 6!", "  7"],
    ]);
    expect(diffLines("a\n", "a\n")).toEqual([]);
  });
});

describe("a difference of values", () => {
  it("names leaves by their paths", () => {
    const before = { a: { b: [1, { c: "x" }] }, gone: true };
    const after = { a: { b: [1, { c: "y" }] }, come: null };
    expect(leaves(before, after)).toEqual([
      { path: "a.b[1].c", before: "x", after: "y" },
      { path: "gone", before: "true", after: undefined },
      { path: "come", before: undefined, after: "null" },
    ]);
  });

  it("tells keys apart that came, went and changed", () => {
    const map = (entries: object): Map<string, unknown> => new Map(Object.entries(entries));
    expect(compare(map({ a: 1, b: 2, c: undefined }), map({ b: 3, c: undefined, d: 4 }))).toEqual({
      added: [["d", 4]],
      removed: [["a", 1]],
      changed: [["b", 2, 3]],
    });
  });

  it("shows of long texts the part that differs, at words", () => {
    const long = (number: string): string =>
      `${"sum by (host) (x) and ".repeat(5)}rate(y[5m]) > ${number} unless ${"z and ".repeat(10)}`;
    const [before, after] = changedPart(long("10"), long("12"));
    expect(before).toMatch(/^….*rate\(y\[5m\]\) > 10 unless z.*…$/);
    expect(after).toMatch(/^….*> 12 unless.*…$/);
    expect(changedPart("2m", "5m")).toEqual(["2m", "5m"]);
  });
});

describe("words", () => {
  it("put numbered names together, and count the rest", () => {
    const hosts = Array.from({ length: 1000 }, (_, index) => `node-${index + 1}`);
    expect(names(hosts)).toBe("`node-1` to `node-1000` (1,000)");
    expect(names(["b", "a-2", "a-1"])).toBe("`a-1`, `a-2`, `b`");
    // 007 is no 7.
    expect(names(["x-6", "x-007", "x-8"])).toBe("`x-6`, `x-8`, `x-007`");
    expect(
      names(
        Array.from({ length: 20 }, (_, index) => `n${index * 2}`),
        3,
      ),
    ).toBe("`n0`, `n2`, `n4` and 17 more");
  });

  it("keep any text within its span, in one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("`", "a", "\n", "|") }), (text) => {
        const span = code(text);
        const fence = /^`+/.exec(span)?.[0] ?? "";
        expect(span).not.toContain("\n");
        if (span === "(empty)") return;
        const inside = span.slice(fence.length, -fence.length);
        expect(inside.match(/`+/g) ?? []).not.toContain(fence);
        expect(span.endsWith(fence)).toBe(true);
      }),
    );
    expect(code("x".repeat(500))).toHaveLength(162);
  });

  it("keep any text within its block", () => {
    expect(block(["````", "a"])).toBe("`````\n````\na\n`````");
  });

  it("say how many", () => {
    expect([count(1, "host"), count(1000, "host"), count(2, "policy", "policies")]).toEqual([
      "1 host",
      "1,000 hosts",
      "2 policies",
    ]);
    expect([listed([]), listed(["a"]), listed(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
    expect(joined(["a", "b", "c"], 2)).toBe("a; b; and 1 more");
    expect([plain("a.b[0]"), plain("a@b")]).toEqual(["a.b[0]", "`a@b`"]);
  });
});
