/** What the real engine does with hosts that an `up` leaves out: the reason why none is taken out of the program. */
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installStatus } from "../../components/federation-host";
import { urnPattern } from "../../runner/operation/plan";
import { pluginsUnderTest, TestStack } from "../support/engine-tools";

/** As components/federation-host.ts registers a host: a component, its one command, and its status. */
class Host extends pulumi.ComponentResource {
  readonly status: pulumi.Output<string>;

  constructor(name: string, stdin: string) {
    super("flower-monitoring:index:FederationHost", name);
    const install = new local.Command(
      `${name}-install`,
      {
        create: 'read -r told; [ "$told" != bad ] && printf %s "$told"',
        delete: "true",
        stdin,
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      { parent: this, deleteBeforeReplace: true },
    );
    this.status = installStatus(install.stdout);
    this.registerOutputs({});
  }
}

/** A federation, each host with what its session is told. */
function federation(hosts: Record<string, string>) {
  return () => {
    const made = Object.entries(hosts).map(
      ([name, stdin]) => [name, new Host(name, stdin)] as const,
    );
    // Stands in for Prometheus' targets, which come from the config and not from the hosts.
    new local.Command("targets", { create: `echo ${Object.keys(hosts).join(" ")}` });
    return Promise.resolve({
      hosts: Object.fromEntries(made.map(([name, { status }]) => [name, status])),
    });
  };
}

describe.each(pluginsUnderTest("command"))(
  "an up that leaves hosts out ($kind plugin)",
  (plugins) => {
    let stack: TestStack;
    const exclude = ["n2", "n3"].map(urnPattern);
    const steps = (run: { steps: { op: string; name: string }[] }): string[] =>
      run.steps
        .filter(({ op, name }) => op !== "same" && !name.includes("providers"))
        .map(({ op, name }) => `${op} ${name.split("::").at(-1) ?? ""}`)
        .sort();

    beforeAll(async () => {
      stack = await TestStack.make(plugins);
    });
    afterAll(() => stack.remove());

    it("does the others, makes nothing of a new one, and ends well", async () => {
      const run = await stack.up(federation({ n1: "a", n2: "a" }), { exclude });
      expect(run.error).toBeUndefined();
      expect(run.outputs["hosts"]).toEqual({ n1: "a", n2: "left out" });
      const urns = (await stack.resources()).map(({ urn }) => urn);
      expect(urns.some((urn) => urn.endsWith("::n1-install"))).toBe(true);
      expect(urns.some((urn) => urn.endsWith("::n2-install"))).toBe(false);
    });

    it("has it to do the next time, and nothing else", async () => {
      const run = await stack.up(federation({ n1: "a", n2: "a" }));
      expect(steps(run)).toEqual(["create n2-install"]);
      expect(run.outputs["hosts"]).toEqual({ n1: "a", n2: "a" });
    });

    it("keeps what is known of an installed one, while the others change", async () => {
      const run = await stack.up(federation({ n1: "b", n2: "b", n3: "b" }), { exclude });
      expect(run.error).toBeUndefined();
      expect(steps(run)).toEqual(expect.arrayContaining(["update n1-install", "update targets"]));
      expect(steps(run).filter((step) => step.includes("n2-install"))).toEqual([]);
      // What it was told last stays in its state, so the change is still to be done.
      expect(run.outputs["hosts"]).toMatchObject({ n1: "b", n2: "a" });
      const after = await stack.preview(federation({ n1: "b", n2: "b", n3: "b" }));
      expect(steps(after)).toEqual(["create n3-install", "update n2-install"]);
    });

    it("removes nothing of a host that is left out, only one that the program has no more", async () => {
      const run = await stack.up(federation({ n2: "b" }), { exclude });
      expect(run.error).toBeUndefined();
      expect(steps(run)).toContain("delete n1-install");
      const urns = (await stack.resources()).map(({ urn }) => urn);
      expect(urns.some((urn) => urn.endsWith("::n2-install"))).toBe(true);
    });

    it("tells one that fails apart from one that was left out", async () => {
      const run = await stack.up(federation({ n2: "c", n3: "c", n4: "bad" }), {
        exclude: [urnPattern("n3")],
        continueOnError: true,
      });
      expect(run.error).toBeDefined();
      const outputs = (await stack.outputs())["hosts"];
      expect(outputs).toEqual({ n2: "c", n3: "left out", n4: "failed" });
    });
  },
);
