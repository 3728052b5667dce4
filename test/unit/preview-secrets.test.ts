/** No secret gets into a comment, and nothing of a pull request is a command there. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { marker } from "../../preview/comment";
import type { Folder } from "../../preview/folder";
import { planOf } from "../../preview/plan";
import { redactFolder, redactor } from "../../preview/secrets";
import { commentOn, exampleFolder, recorded } from "../support/preview-case";

const SECRETS = {
  url: "https://hooks.example.org/T0/canary-url?x=1&y=2",
  password: 'canary-"password"',
  lines: "canary-first\ncanary-second",
  map: { deep: { token: "canary-token-0123" } },
};

/** As `pulumi config --json --show-secrets` prints them. */
const CONFIG = JSON.stringify({
  "flower-monitoring:url": { value: SECRETS.url, secret: true },
  "flower-monitoring:password": { value: SECRETS.password, secret: true },
  "flower-monitoring:lines": { value: SECRETS.lines, secret: true },
  "flower-monitoring:map": {
    value: JSON.stringify(SECRETS.map),
    objectValue: SECRETS.map,
    secret: true,
  },
  "flower-monitoring:federation": { value: "demo", secret: false },
});

const redact = redactor(CONFIG);

/** Everywhere that something could quote them. */
const FORMS = [
  SECRETS.url,
  encodeURIComponent(SECRETS.url),
  SECRETS.password,
  JSON.stringify(SECRETS.password),
  Buffer.from(SECRETS.url).toString("base64"),
  "canary-first",
  "canary-second",
  "canary-token-0123",
];

describe("the secrets of the head stack", () => {
  it.each(FORMS)("%s is in no text, whole or as a part", (form) => {
    expect(redact(`before ${form} after`)).toMatch(/^before .*\[secret\].* after$/);
    expect(redact(form)).not.toMatch(/canary|Y2FuYXJ5/);
  });

  it("leave what is no secret as it is, and a file of another form is refused", () => {
    expect(redact("the federation demo")).toBe("the federation demo");
    expect(() => redactor("canary")).toThrow(
      /^--secrets: got a file that is no JSON; (?!.*canary)/,
    );
  });

  it("get through in no part of a comment", () => {
    const clean = exampleFolder();
    const everywhere = new Map(
      [...clean].map(([path, content]) => {
        if (path.endsWith(".json")) {
          const quoted = JSON.stringify(FORMS.join(" ")).slice(1, -1);
          return [path, content.replaceAll("172.31.77.22", quoted).replaceAll("Hosts", quoted)];
        }
        return [path, `${content}# ${FORMS.join(" ").replaceAll("\n", " ")}\n`];
      }),
    );
    const dirty: Folder = redactFolder(everywhere, redact);
    const plan = planOf(
      redact(
        JSON.stringify({
          steps: [
            {
              op: "update",
              urn: `urn:pulumi:a::b::command:local:Command::${FORMS[0]}`,
              diffReasons: FORMS,
            },
          ],
          diagnostics: FORMS.map((message) => ({ message, severity: "error" })),
        }),
      ),
    );
    for (const [base, head] of [
      [clean, dirty],
      [dirty, clean],
    ] as const) {
      const text = commentOn({ base, head, plan, failed: redact(FORMS.join("\n")), redact });
      expect(text).toContain("[secret]");
      expect(text).not.toMatch(/canary|Y2FuYXJ5/);
    }
  });

  it("were not in what the engine said either", () => {
    const script = readFileSync(`${__dirname}/../support/record-previews.ts`, "utf8");
    const canaries = [...script.matchAll(/canary-[a-z]+/g)].map(([word]) => word);
    expect(canaries.length).toBeGreaterThan(2);
    for (const name of ["create", "update", "protected", "runner-update", "runner-protected"]) {
      expect(recorded(`${name}.json`)).not.toMatch(new RegExp(canaries.join("|")));
    }
  });
});

describe("what a pull request brings", () => {
  /** A label's value, an alert's name and a panel's title, all of them commands where they are text. */
  const EVIL =
    "`@all` </details> <!-- flower-monitoring preview of trial --> ![x](https://example.org/x.png) ```";

  it("stands in code, whatever it is", () => {
    const base = exampleFolder();
    const quoted = JSON.stringify(EVIL).slice(1, -1);
    const head = new Map(
      [...base].map(([path, content]) => [
        path,
        path.endsWith(".json")
          ? content.replaceAll("hospital-2", quoted).replaceAll('"Hosts"', `"${quoted}"`)
          : content.replaceAll("TargetDown", `'${EVIL}'`),
      ]),
    );
    const text = commentOn({ base, head });
    const outside = withoutCode(text);
    expect(text).toContain("@all");
    expect(outside).not.toContain("@all");
    expect(outside).not.toContain("example.org");
    expect(outside.split("</details>").length).toBe(outside.split("<details").length);
    expect(outside.split("<!--")).toHaveLength(2);
  });

  it("cannot forge the mark by which the comment is found", () => {
    expect(marker("prod --> @all")).toBe("<!-- flower-monitoring preview of prod--all -->");
  });

  /** As GitHub reads it: fenced blocks first, then spans between runs of as many backticks. */
  function withoutCode(text: string): string {
    return text
      .replace(/^( *)(`{3,})[^`\n]*\n[\s\S]*?^\1\2`*$/gm, "")
      .replace(/(?<!`)(`+)(?!`)([\s\S]*?)(?<!`)\1(?!`)/g, "");
  }
});
