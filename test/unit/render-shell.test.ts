import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hereDocument, quote, sha256 } from "../../components/render/shell";
import { shells } from "../support/fake-vm";

const { found, missing } = shells();
for (const reason of missing) console.warn(`skipped: quoting under ${reason}`);

/** Any text but NUL, which no argument and no shell variable can hold. */
const anyText = fc
  .oneof(
    fc.string({ unit: "binary" }),
    // What shells give a meaning to, more often than chance would.
    fc.string({ unit: fc.constantFrom(..."'\"\\$`!*?~#&;|<>(){}[]-=%\n\t\r ab".split("")) }),
  )
  .filter((text) => !text.includes("\0"));

function sh(shell: string, script: string): string {
  const { status, stdout, stderr } = spawnSync(shell, ["-c", script], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

describe.each(found)("under $name", ({ path }) => {
  test("any words, quoted, arrive as they are", () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 20 }), (words) => {
        const out = sh(path, `printf '<%s>' ${words.map(quote).join(" ")}`);
        expect(out).toBe(words.map((word) => `<${word}>`).join(""));
      }),
      { numRuns: 60 },
    );
  });

  test("any text in a here-document arrives as it is, with a final newline", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const out = sh(path, hereDocument("cat", text));
        expect(out).toBe(text.endsWith("\n") ? text : `${text}\n`);
      }),
      { numRuns: 60 },
    );
  });

  test("here-documents nest: a script that writes files is itself a here-document", () => {
    fc.assert(
      fc.property(anyText, anyText, (one, two) => {
        const inner = hereDocument("cat", one) + hereDocument("cat", two);
        const out = sh(path, hereDocument(`${quote(path)} -s`, inner));
        expect(out).toBe([one, two].map((text) => text.replace(/(?<!\n)$/, "\n")).join(""));
      }),
      { numRuns: 30 },
    );
  });
});

describe("quote", () => {
  test("leaves plain words as they are, for readable scripts", () => {
    expect(["a", "/etc/x.yml", "user@host:22", "100%", "a=b,c+d"].map(quote)).toEqual([
      ...["a", "/etc/x.yml", "user@host:22", "100%", "a=b,c+d"],
    ]);
  });

  test("keeps an empty word, a home sign and a trailing newline from the shell", () => {
    expect(["", "~", "a\n", "it's"].map(quote)).toEqual(["''", "'~'", "'a\n'", "'it'\\''s'"]);
  });
});

describe("hereDocument", () => {
  test("renders the same text the same way, and another text with another end", () => {
    expect(hereDocument("cat", "x")).toBe(hereDocument("cat", "x"));
    const end = (text: string): string | undefined => hereDocument("cat", text).split("\n").at(-2);
    expect(end("x")).not.toBe(end("y"));
  });

  test("its end cannot be a line of the text", () => {
    const text = "END_0123456789abcdef\nrm -rf /\n";
    expect(hereDocument("cat", text)).toBe(
      `cat <<'END_${sha256(text).slice(0, 16)}'\n${text}END_${sha256(text).slice(0, 16)}\n`,
    );
  });
});
