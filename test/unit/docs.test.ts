/** The documents: whatever they point to, tell to run or name has to be there. */
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { configurationPage, NEEDED } from "../../components/config/configuration-page";
import { portsPage } from "../../components/config/ports-page";
import { CONFIG_KEYS } from "../../components/config/parse";
import { ADMIN_PASSWORD } from "../../components/config/secrets";
import { faultOf, PROGRAMS } from "../support/doc-commands";
import { exists, FILES, nameExists, PAGES, patternExists, ROOMS, text } from "../support/documents";
import { exampleConfig } from "../support/example-stack";
import { codeSpans, readMarkdown } from "../support/markdown";
import { commandsOf } from "../support/shell-words";

const ENTRANCE = "README.md";

/** Where a relative link of a page leads. */
function destination(page: string, target: string): { file: string; anchor: string } {
  const [path = "", anchor = ""] = target.split("#");
  return { file: path === "" ? page : join(dirname(page), decodeURI(path)), anchor };
}

const isRelative = (target: string): boolean => !/^[a-z][a-z+.-]*:/i.test(target);

/** Secrets that some example names: their keys are the reader's to choose. */
const namedSecrets = FILES.filter((file) => /\.(md|yaml)$/.test(file)).flatMap((file) =>
  [...text(file).matchAll(/\w+Secret: (\w+)/g)].map((match) => match[1] ?? ""),
);
const keys = new Set<string>([...CONFIG_KEYS, ADMIN_PASSWORD, ...namedSecrets]);

describe.each([...PAGES])("%s", (file, page) => {
  test("leads nowhere that is not there", () => {
    const broken = page.links
      .filter(({ target }) => isRelative(target))
      .filter(({ target }) => {
        const to = destination(file, target);
        if (!exists(to.file)) return true;
        return to.anchor !== "" && PAGES.get(to.file)?.anchors.has(to.anchor) !== true;
      });
    expect(broken).toEqual([]);
  });

  test("tells to run only what can be run, and the keys that it sets exist", () => {
    const scripts = page.fences.filter(({ lang }) => ["sh", "bash", "shell"].includes(lang));
    const faults = scripts.flatMap(({ text: script, line }) =>
      commandsOf(script).flatMap((words) => {
        const fault = faultOf(words, keys);
        return fault === undefined ? [] : [`line ${line}: ${words.join(" ")}: ${fault}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  test("names only files that are there", () => {
    expect(missingFiles(file, page.prose)).toEqual([]);
  });

  test("has YAML that can be read, and names only config keys that the program has", () => {
    const yaml = page.fences.filter(({ lang }) => lang === "yaml");
    for (const fence of yaml) parse(fence.text);
    const named = [...yaml.map((fence) => fence.text), page.prose].flatMap((part) =>
      [...part.matchAll(/flower-monitoring:([A-Za-z]\w*)(?![\w/:.-]*[/:])/g)].map(
        (match) => match[1] ?? "",
      ),
    );
    expect(named.filter((key) => !keys.has(key))).toEqual([]);
  });
});

/** Files of other projects and of the reader's own. */
const NOT_OURS = /^(Pulumi\.[\w-]+\.yaml|flower-super(link|node)\.service)$/;

/** Files that a page's own subject writes somewhere else. */
const ELSEWHERE: Record<string, RegExp> = {
  "docs/export.md": /^(rules|dashboards)\/[^/]+\.(yml|json)$/,
};

function missingFiles(page: string, prose: string): string[] {
  const path = new RegExp(`(?<![\\w/.:@~-])(?:${ROOMS.join("|")})/[\\w./*{},<>-]*[\\w*}>/]`, "g");
  // Where links lead is looked at by itself.
  const words = prose.replace(/\]\([^)\s]+\)/g, "]");
  const paths = [...words.matchAll(path)].map(([found]) => found);
  const names = codeSpans(prose)
    .map(({ text: span }) => span)
    .filter((span) => /^[\w.-]+\.(ts|mts|py|sh|yaml|md|svg|service|timer)$/.test(span))
    .filter((name) => !NOT_OURS.test(name));
  return [
    ...paths
      .filter((found) => ![found, join(dirname(page), found)].some(patternExists))
      .filter((found) => ELSEWHERE[page]?.test(found) !== true),
    ...names.filter((name) => !nameExists(name)),
  ];
}

test("every page can be reached from the README", () => {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { target } of PAGES.get(file)?.links ?? []) {
      const next = destination(file, target).file;
      if (isRelative(target) && PAGES.has(next)) visit(next);
    }
  };
  visit(ENTRANCE);
  expect([...PAGES.keys()].filter((file) => !reached.has(file))).toEqual([]);
});

test("of every program is said which test runs it, or why none does", () => {
  const tests = Object.values(PROGRAMS).flatMap((known) => ("ranBy" in known ? known.ranBy : []));
  expect(tests.filter((file) => !exists(file))).toEqual([]);
});

test("the page of ports is made from the code", () => {
  expect(text("docs/ports.md"), "docs/ports.md: write it again with `make docs`").toBe(portsPage());
});

describe("the page of the configuration", () => {
  test("is made from the code and the example", () => {
    const made = configurationPage(text("Pulumi.dev.yaml"));
    expect(text("docs/configuration.md"), "write it again with `make docs`").toBe(made);
  });

  test.each(NEEDED)("is right that a stack needs %s", (path) => {
    const without = (): unknown =>
      exampleConfig((raw) => {
        const [key = "", part] = path.split(".");
        if (part === undefined) Reflect.deleteProperty(raw, key);
        else Reflect.deleteProperty((raw as Record<string, object>)[key] ?? {}, part);
      });
    expect(without).toThrow(path);
  });
});

describe("the test itself finds", () => {
  test("a heading's anchor, a link over two lines, and no link in code", () => {
    const page = readMarkdown(
      "# A `b` & C\n\n[x\ny](a.md#b) `[n](o.md)`\n\n```sh\n[n](o.md)\n```\n",
    );
    expect([...page.anchors]).toEqual(["a-b--c"]);
    expect(page.links.map(({ target }) => target)).toEqual(["a.md#b"]);
    expect(page.fences).toEqual([{ lang: "sh", line: 6, text: "[n](o.md)" }]);
  });

  test("commands behind pipes, assignments, comments and here-documents", () => {
    const script =
      'A=1 make up # b\nx | sudo y "a | b" \\\n  --c >"$f"; cat <<END\nno such\nEND\nz "$(d +%F)"\n';
    expect(commandsOf(script)).toEqual([
      ["make", "up"],
      ["x"],
      ["y", "a | b", "--c"],
      ["cat"],
      ["z", "$(d +%F)"],
    ]);
  });

  test("what does not exist", () => {
    const fault = (command: string): string | undefined => faultOf(command.split(" "), keys);
    expect(fault("make nothing")).toContain("nothing");
    expect(fault("npm run nothing")).toContain("nothing");
    expect(fault("npm run up -- --stak x")).toContain("--stak");
    expect(fault("lab/bootstrap.sh nothing")).toContain("nothing");
    expect(fault("nothing")).toContain("does not know");
    expect(fault("systemctl status flower-monitoring-nothing")).toContain("host/units");
    expect(fault("docker logs flower-monitoring-nothing")).toContain("no container");
    expect(fault("python -m flower_monitoring.nothing")).toContain("no module");
    expect(fault("pulumi config set flower-monitoring:nothing 1")).toContain("nothing");
    expect(
      missingFiles(ENTRANCE, "in `nothing.ts` and rules/nothing.ts, not [x](docs/y.md)"),
    ).toEqual(["rules/nothing.ts", "nothing.ts"]);
  });
});
