/** The comment on another version of the code: dashboards panel by panel, rules, messages, and the rest. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Folder } from "../../preview/folder";
import { commentOn, exampleFolder, saidIn } from "../support/preview-case";

let base: Folder;
beforeAll(() => {
  base = exampleFolder();
});

/** The same of an edit of one rendered file: what another version of the code would render. */
function saidOfFile(path: string, edit: (content: string) => string): string[] {
  const content = base.get(path) ?? "";
  expect(edit(content)).not.toBe(content);
  return saidIn(commentOn({ base, head: new Map([...base, [path, edit(content)]]) }));
}

describe("of a change of the code", () => {
  it("a panel is told by what differs in it, not by its place", () => {
    const words = saidOfFile("dashboards/hosts.json", (content) => {
      const model = JSON.parse(content) as {
        panels: { title: string; id: number; gridPos: { y: number }; description?: string }[];
      };
      const [first] = model.panels.filter(({ description }) => description !== undefined);
      if (first !== undefined) first.description = "Other words.";
      for (const panel of model.panels) panel.gridPos.y += 1;
      return JSON.stringify(model);
    });
    expect(words[0]).toBe("**1 dashboard changed.**");
    expect(words.slice(3)).toEqual([
      "# Dashboards: 1 dashboard changed",
      expect.stringMatching(
        /^- \*\*`Hosts`\*\* › `[^`]+`: description `.*` → `Other words\.`$/,
      ) as string,
    ]);
  });

  it("a panel that is added or removed is told, and none that it moves", () => {
    const words = saidOfFile("dashboards/slos.json", (content) => {
      const model = JSON.parse(content) as { panels: object[] };
      const [first, ...rest] = model.panels;
      const more = { type: "stat", title: "Extra", targets: [{ refId: "A", expr: "up" }] };
      expect(first).toBeDefined();
      return JSON.stringify({ ...model, panels: [more, ...rest] });
    });
    expect(words).toContain("- **`SLOs`** › `Extra` is new (`stat`): `up`");
    expect(words.filter((line) => line.endsWith("is removed"))).toHaveLength(1);
    expect(words.filter((line) => line.startsWith("- **`SLOs`**"))).toHaveLength(2);
  });

  it("a query is shown by the part that differs", () => {
    const words = saidOfFile("rules/flower-monitoring.yml", (content) =>
      content.replace(/expr: up == 0|up\{[^}]*\} == 0/, (expr) => expr.replace("== 0", "< 1")),
    );
    expect(words.join("\n")).toMatch(/- \*\*`\w+`\*\*: expr `[^`]*== 0[^`]*` → `[^`]*< 1[^`]*`$/m);
  });

  it("messages are shown by their lines", () => {
    const words = saidOfFile("notifications.tmpl", (content) => `${content}{{/* more */}}\n`);
    expect(words).toContain("- What messages say is changed");
    expect(words).toContain("  + {{/* more */}}");
  });

  it("a file that no section knows is not passed over", () => {
    const head = new Map([...base, ["ca/mail.pem", "one\n"]]);
    expect(saidIn(commentOn({ base, head }))).toContain("- `ca/mail.pem` is new");
    const other = new Map([...base, ["ca/mail.pem", "two\n"]]);
    expect(saidIn(commentOn({ base: head, head: other }))).toEqual(
      expect.arrayContaining(["- `ca/mail.pem`", "  - one", "  + two"]),
    );
  });
});

describe("pictures of changed dashboards", () => {
  const head = (): Folder =>
    new Map([
      ...base,
      [
        "dashboards/slos.json",
        (base.get("dashboards/slos.json") ?? "").replace('"SLOs"', '"Aims"'),
      ],
    ]);

  it("are shown where readers find them, and named where not", () => {
    const shown = commentOn({
      base,
      head: head(),
      picture: (slug) => ({ image: `https://example.org/${slug}.png` }),
    });
    expect(shown).toContain("- Picture: ![slos](https://example.org/slos.png)");
    expect(shown).not.toContain("hosts.png");
    const named = commentOn({ base, head: head(), picture: (slug) => ({ file: `${slug}.png` }) });
    expect(named).toContain("- Picture: `slos.png`\n");
    const page = "https://example.org/runs/1";
    const linked = commentOn({ base, head: head(), picture: () => ({ file: "slos.png", page }) });
    expect(linked).toContain(`- Picture: \`slos.png\` in the artefact of [this run](${page})\n`);
  });

  it("are missing with a line that says why, in code", () => {
    const args = { base, head: head() };
    const text = commentOn({ ...args, noPictures: "no browser: @everyone install one" });
    expect(text).toContain("\n_No pictures of dashboards:_ `no browser: @everyone install one`\n");
    expect(text.replace(/_No pictures.*\n\n/, "")).toBe(commentOn(args));
  });
});
