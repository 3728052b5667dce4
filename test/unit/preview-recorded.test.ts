/** Comments with what the real engine said, recorded; and with a thousand hosts. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Folder } from "../../preview/folder";
import { type Plan, planOf } from "../../preview/plan";
import { commentOn, exampleFolder, recorded, recordedPlan, saidIn } from "../support/preview-case";
import type { Editable } from "./config-fixture";

const GITHUB = 65_536;

let base: Folder;
beforeAll(() => {
  base = exampleFolder();
});

describe("what is read of a preview", () => {
  it.each(["update", "replace", "delete", "protected"])(
    "is the same of pulumi preview --json and of the runner: %s",
    (name) => {
      const byName = ({ changes }: Plan): unknown[] =>
        [...changes]
          .sort((a, b) => (`${a.op} ${a.name}` < `${b.op} ${b.name}` ? -1 : 1))
          .map(({ op, type, name: resource, diffs }) => ({ op, type, name: resource, diffs }));
      const [own, runner] = [recordedPlan(name), recordedPlan(`runner-${name}`)];
      expect(byName(own)).toEqual(byName(runner));
      expect(own.ok).toBe(runner.ok);
    },
  );

  it("is nothing of a property's value", () => {
    expect(recorded("create.json")).toContain("[secret]");
    expect(JSON.stringify(recordedPlan("create"))).not.toContain("[secret]");
    expect(JSON.stringify(recordedPlan("create"))).not.toContain("172.31.77");
  });

  it("is refused where it is neither", () => {
    for (const text of ["no JSON", "[]", "{}", "null"]) {
      expect(() => planOf(text)).toThrow(
        /^--preview: got a file of another form; allowed: .*; do: /,
      );
    }
  });
});

describe("the comment on a recorded preview", () => {
  const of = (name: string): string[] =>
    saidIn(commentOn({ base, head: base, plan: recordedPlan(name) }));

  it("that changes nothing", () => {
    expect(of("unchanged")).toEqual([
      "**Nothing changes.**",
      "- **Restarts**: nothing",
      "- **Hosts touched**: none",
    ]);
  });

  it("of a first up: each kind of resource, by name", () => {
    const words = saidIn(commentOn({ base: new Map(), head: base, plan: recordedPlan("create") }));
    expect(words.slice(0, 3)).toEqual([
      "**There is nothing to compare with: all of it is new.**",
      "- **Restarts**: nothing",
      "- **Hosts touched**: `superlink`, `supernode-1`, `supernode-2` installed",
    ]);
    expect(words).toEqual(
      expect.arrayContaining([
        "# Resources",
        "- 3 hosts created: `superlink`, `supernode-1`, `supernode-2`",
        "- 3 containers created: `alertmanager`, `grafana`, `prometheus`",
        "- 1 folder in Grafana created: `folder`",
      ]),
    );
  });

  it("that updates", () => {
    expect(of("update")).toEqual([
      "**Nothing that is rendered changes, but the stack is not as it should be.**",
      "- **Restarts**: nothing",
      "- **Hosts touched**: `supernode-2` updated",
      "# Resources",
      "- 1 host updated: `supernode-2`",
      "- 2 configurations updated: `alertmanager`, `prometheus`",
      "- 1 test alert updated: `alertmanager`",
      "- 1 dashboard updated: `hosts`",
      expect.stringMatching(/^- \d+ resources left as they are$/) as string,
    ]);
  });

  it("that replaces", () => {
    expect(of("replace")).toEqual([
      "**Nothing that is rendered changes, but the stack is not as it should be.**",
      "- **Restarts**: Prometheus: its container is replaced (command)",
      "- **Hosts touched**: none",
      "# Resources",
      "- 1 container replaced: `prometheus`",
      expect.stringMatching(/^- \d+ resources left/) as string,
    ]);
  });

  it("that deletes", () => {
    expect(of("delete").slice(1, 5)).toEqual([
      "- **Restarts**: nothing",
      "- **Hosts touched**: `supernode-2` cleaned",
      "# Resources",
      "- 1 host deleted: `supernode-2`",
    ]);
  });

  it("that failed, by the engine's words, once and without URNs", () => {
    const text = commentOn({ base, head: base, plan: recordedPlan("protected") });
    expect(text).toContain("**The preview failed.");
    expect(text).toContain('resource "monitoring-prometheus-data" cannot be deleted');
    expect(text).not.toContain("urn:pulumi");
  });

  it("that failed by the config, by all of its faults", () => {
    const failed = recorded("runner-failed.txt").trim();
    const words = [
      "**The stack's files cannot be rendered.**",
      "```",
      ...failed.split("\n"),
      "```",
    ];
    expect(saidIn(commentOn({ base, failed }))).toEqual(words);
    const text = commentOn({ base, head: base, plan: recordedPlan("failed") });
    expect(text).toContain(failed);
    // The engine says it twice.
    expect(text.split('federation: got "No Good"')).toHaveLength(2);
  });
});

describe("a change of a thousand hosts", () => {
  const HOSTS = 1000;

  function many(edit: (host: { name: string }, index: number) => object): (raw: Editable) => void {
    return (raw) => {
      const hosts = Array.from({ length: HOSTS }, (_, index) => ({
        name: `supernode-${index + 1}`,
        address: `10.${Math.floor(index / 250)}.1.${(index % 250) + 1}`,
        flower: { python: "/opt/flower/bin/python" },
      }));
      Object.assign(raw, { supernodes: hosts.map((host, i) => ({ ...host, ...edit(host, i) })) });
    };
  }

  /** The recorded update of one host, once for each. */
  function plan(): Plan {
    const { changes, ...rest } = recordedPlan("update");
    const [host] = changes.filter(({ name }) => name === "supernode-2-install");
    expect(host).toBeDefined();
    const hosts = Array.from({ length: HOSTS }, (_, index) => ({
      ...(host as Plan["changes"][number]),
      name: `supernode-${index + 1}-install`,
    }));
    return { ...rest, changes: hosts };
  }

  it("that is the same for all is one line of each kind", () => {
    const before = exampleFolder(many(() => ({})));
    const head = exampleFolder(
      many(() => ({ flower: { python: "/opt/flower/bin/python", hook: false } })),
    );
    const text = commentOn({ base: before, head, plan: plan() });
    expect(saidIn(text)).toEqual(
      expect.arrayContaining([
        "**1,000 hosts changed.**",
        "- **Hosts touched**: `supernode-1` to `supernode-1000` (1,000) updated",
        "- `supernode-1` to `supernode-1000` (1,000): the hook taken away",
        "- 1,000 hosts updated: `supernode-1` to `supernode-1000` (1,000)",
      ]),
    );
    expect(text.length).toBeLessThan(5000);
  });

  it("that is another for each is folded until it fits", () => {
    // As many bundles as a stack could have and a test can wait for.
    const certificates = (index: number): string[] => [
      `/etc/flower/${"x".repeat(200)}${index % 40}.crt`,
    ];
    const flower = (index: number): object => ({
      flower: { python: "/opt/flower/bin/python", certificates: certificates(index) },
      labels: { site: `site-${index}` },
    });
    const before = exampleFolder(many((_host, index) => ({ labels: { site: `old-${index}` } })));
    const head = exampleFolder(many((_host, index) => flower(index)));
    const text = commentOn({ base: before, head, plan: plan() });
    expect(Buffer.byteLength(text)).toBeLessThan(GITHUB);
    const said = saidIn(text);
    expect(said.join("\n")).toMatch(/^- and [\d,]+ more, which are in the exports of this run$/m);
    expect(said).toContain(
      "- **Hosts touched**: `supernode-1` to `supernode-1000` (1,000) updated",
    );
    // Folded sections are closed.
    expect(text).toContain("<details><summary><b>Hosts");
  });

  it("that are all new fits too", () => {
    const text = commentOn({ base: new Map(), head: exampleFolder(many(() => ({}))) });
    expect(Buffer.byteLength(text)).toBeLessThan(GITHUB);
    expect(text).toContain("`supernode-1` to `supernode-1000` (1,000)");
  });
});
