import { describe, expect, it } from "vitest";
import type { Check, MachineReport } from "../../runner/doctor/checks";
import type { Outcome, Step } from "../../runner/engine/outcome";
import { planOf, urnPattern } from "../../runner/operation/plan";
import { type Done, operationReport, operationText } from "../../runner/operation/report";

const fault = (check: string): Check => ({
  ...{ check, state: "fault", seen: `${check} is wrong`, next: `mend ${check}` },
});

function machine(name: string, role: MachineReport["role"], checks: Check[]): MachineReport {
  return { name, role, address: "10.0.0.1", port: 22, user: "root", facts: {}, checks };
}

describe("what an up leaves out", () => {
  it("is the hosts that an install could not succeed on", () => {
    const plan = planOf([
      machine("monitoring", "monitoring", []),
      machine("superlink", "superlink", [fault("superlink"), fault("clock")]),
      machine("n1", "supernode", [fault("ssh")]),
      machine("n2", "supernode", [fault("clock"), fault("disk"), fault("port")]),
      machine("n3", "supernode", [{ check: "dcgm-exporter", state: "warn", seen: "no driver" }]),
      machine("n4", "supernode", [{ check: "login", state: "ok", seen: "root" }]),
    ]);
    expect(plan.stops).toEqual([]);
    expect(plan.leftOut).toEqual([
      { name: "n1", faults: [fault("ssh")] },
      { name: "n2", faults: [fault("disk"), fault("port")] },
    ]);
    expect(plan.told).toEqual([
      { name: "superlink", faults: [fault("superlink"), fault("clock")] },
      { name: "n2", faults: [fault("clock")] },
    ]);
  });

  it("is everything where the monitoring VM cannot be entered, and nothing for a fault of one service", () => {
    const stopped = planOf([machine("monitoring", "monitoring", [fault("docker")])]);
    expect(stopped.stops).toEqual([fault("docker")]);
    const told = planOf([machine("monitoring", "monitoring", [fault("image")])]);
    expect(told).toEqual({
      ...{ stops: [], leftOut: [] },
      told: [{ name: "monitoring", faults: [fault("image")] }],
    });
  });

  it("does not count a bastion as a host", () => {
    expect(planOf([machine("10.0.0.9", "bastion", [fault("ssh")])])).toEqual({
      ...{ stops: [], leftOut: [], told: [] },
    });
  });

  it("is named by the resource that installs it", () => {
    expect(urnPattern("node-1")).toBe("**::node-1-install");
  });
});

const step = (op: string, name: string): Step => ({
  ...{ op, name, urn: `urn:${name}`, type: "command:local:Command", diffs: [] },
});

function done(change: Partial<Done> = {}, outcome: Partial<Outcome> = {}): Done {
  const nothing = { steps: [], failures: {}, diagnostics: [], outputs: {}, seconds: 12.34 };
  return {
    ...{ operation: "up", stack: "prod", hosts: [], plan: { stops: [], leftOut: [], told: [] } },
    outcome: { ok: true, ...nothing, ...outcome },
    ...change,
  };
}

const HOSTS = ["new", "changed", "same", "broken", "dead", "gone"].map((name) => ({
  ...{ name, lost: name === "gone" },
}));

/** What the provider says when session.sh fails. */
const FAILURE = `exit status 1: running "exec sh components/session.sh install":
flower-monitoring: broken: disk full: /opt has 3 KiB free, 4096 KiB are needed; make room
`;

const mixed = done(
  {
    hosts: HOSTS,
    plan: {
      ...{ stops: [], told: [] },
      leftOut: [{ name: "dead", faults: [fault("ssh")] }],
    },
  },
  {
    ok: false,
    error: "code: 255\n stdout: pages of it",
    steps: [
      step("create", "new-install"),
      step("update", "changed-install"),
      step("same", "same-install"),
      step("create", "broken-install"),
      step("delete", "former-install"),
      step("update", "monitoring-prometheus-targets"),
    ],
    failures: { "broken-install": FAILURE, "monitoring-grafana": "it does not start" },
    outputs: { hosts: { new: { status: "ok host=new bundle=abc changed=2\n" } } },
  },
);

describe("the report of an up", () => {
  it("tells each host's result, why, and what to do", () => {
    const report = operationReport(mixed);
    expect(report.hosts).toEqual([
      { name: "new", state: "installed", words: "ok host=new bundle=abc changed=2" },
      { name: "changed", state: "updated" },
      { name: "same", state: "unchanged" },
      {
        ...{ name: "broken", state: "failed", next: "make room" },
        words: "disk full: /opt has 3 KiB free, 4096 KiB are needed",
      },
      { name: "dead", state: "left-out", words: "ssh: ssh is wrong", next: "mend ssh" },
      { name: "gone", state: "lost" },
      { name: "former", state: "removed" },
    ]);
    expect(report).toMatchObject({
      ...{ version: 1, ok: false, seconds: 12.3 },
      steps: { create: 2, update: 2, same: 1, delete: 1 },
      failures: { "monitoring-grafana": "it does not start" },
    });
    expect(report).not.toHaveProperty("error");
  });

  it("says it in words", () => {
    expect(operationText(operationReport(mixed))).toBe(`\
up of the stack prod: 2 create, 2 update, 1 delete, 1 unchanged in 12.3 s

  HOST     RESULT     WHY
  new      installed  ok host=new bundle=abc changed=2
  changed  updated
  broken   failed     disk full: /opt has 3 KiB free, 4096 KiB are needed
    do: make room
  dead     left-out   ssh: ssh is wrong
    do: mend ssh
  former   removed

  monitoring-grafana failed
    it does not start

2 failed; 1 left out, which stay in the stack as they are. Mend that and run the up again: it touches only what is left.
`);
  });

  it("is not ok where a host was left out, though the engine did all that it was asked", () => {
    const plan = { ...mixed.plan };
    expect(operationReport(done({ plan })).ok).toBe(false);
    expect(operationReport(done()).ok).toBe(true);
    expect(operationText(operationReport(done()))).toBe(
      "up of the stack prod: no steps in 12.3 s\n\nThe up is done.\n",
    );
  });

  it("has the engine's last words where no step says what is wrong", () => {
    const early = done({}, { ok: false, error: "a\nb\nc\nd\ne\nthe stack is locked" });
    expect(operationReport(early).error).toBe("b\nc\nd\ne\nthe stack is locked");
    const diagnostics = [{ severity: "error", message: "2 faults in the stack's config" }];
    expect(operationReport(done({}, { ok: false, error: "x", diagnostics })).error).toBe(
      "2 faults in the stack's config",
    );
  });

  it("tells hosts that the engine did not come to", () => {
    const report = operationReport(
      done({ hosts: HOSTS.slice(0, 1) }, { ok: false, error: "killed" }),
    );
    expect(report.hosts).toEqual([{ name: "new", state: "not-reached" }]);
    expect(operationText(report)).toContain("It did not come to its end.");
  });
});

describe("the report of a destroy", () => {
  it("says how to be done with volumes that are kept, in place of the engine's words", () => {
    const failures = {
      "monitoring-grafana-data":
        'resource "urn:1" cannot be deleted\nbecause it is protected. To unprotect the resource, ...',
    };
    const kept = done({ operation: "destroy" }, { ok: false, failures });
    expect(operationText(operationReport(kept))).toContain(
      "  monitoring-grafana-data failed\n    has data, which retainData: true keeps\n" +
        "    do: pulumi state unprotect --all --stack prod, and the destroy again leaves it on the VM;",
    );
  });

  it("is silent of hosts that were gone before", () => {
    const again = done({ operation: "destroy", hosts: HOSTS.slice(0, 1) });
    expect(operationText(operationReport(again))).toBe(
      "destroy of the stack prod: no steps in 12.3 s\n\nThe destroy is done.\n",
    );
  });
});
