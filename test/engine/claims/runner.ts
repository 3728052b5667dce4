/** npm run up, status and preview on the lab's stack, as a person or CI calls them. */
import { expect, test } from "vitest";
import { changes } from "../../../lab/engine";
import { hostOf, scriptOnHost } from "../../../lab/hosts";
import { eventually } from "../../../lab/observe";
import type { DoctorReport } from "../../../runner/doctor/report";
import type { OperationReport } from "../../../runner/operation/report";
import type { StatusReport } from "../../../runner/status/report";
import { npmRunJson } from "../programs";
import { containerStarts, operate, stateText, told, withThird, type World } from "../world";

const THIRD = "supernode-3";

function onThird(world: World, script: string): Promise<string> {
  return scriptOnHost(hostOf(world.lab, THIRD), script);
}

const SSHD = "ssh.socket ssh.service";

export function runnerOnStack(world: () => World): void {
  test("the doctor finds nothing that keeps an up from succeeding, and its facts", async () => {
    const { code, report } = await npmRunJson<DoctorReport>(world(), "doctor");
    const faults = report.machines.flatMap(({ name, checks }) =>
      checks.filter(({ state }) => state === "fault").map(({ check, seen }) => [name, check, seen]),
    );
    expect(faults).toEqual([]);
    expect(code).toBe(0);
    expect(report.machines.map(({ name }) => name)).toEqual([
      ...["monitoring", "superlink", "supernode-1", "supernode-2"],
    ]);
    expect(report.machines.every(({ hostKey }) => hostKey?.pinned === "same")).toBe(true);
    expect(report.machines[1]?.facts["bundle"]).toBe(report.machines[1]?.facts["wanted"]);
  });

  test("up leaves a dead host out, says so with 1, and does everything else", async () => {
    const starts = await containerStarts(world());
    await onThird(world(), `systemctl stop ${SSHD}\n`);
    // Writes the config with the third host.
    await operate(world(), "preview", withThird);
    const { code, report } = await npmRunJson<OperationReport>(world(), "up");
    expect(report.hosts.filter(({ state }) => state !== "unchanged")).toEqual([
      {
        ...{
          name: THIRD,
          state: "left-out",
          next: expect.stringContaining("is the host up") as string,
        },
        words: expect.stringMatching(/^ssh: .*Connection refused$/) as string,
      },
    ]);
    expect(report.failures).toEqual({});
    expect(code).toBe(1);
    expect(report.changes.map(({ name }) => name)).toContain("monitoring-prometheus-targets");
    expect(await stateText(world())).not.toContain(`${THIRD}-install`);
    expect(await containerStarts(world())).toBe(starts);
    // It is still the program's, so the next up has it to do, and the plain engine says the same.
    const next = await operate(world(), "preview", withThird);
    expect(told(changes(next))).toEqual([`create ${THIRD}-install`]);
  });

  test("the next up takes it in again, and touches nothing else", async () => {
    await onThird(world(), "systemctl start ssh.service\n");
    const { code, report } = await npmRunJson<OperationReport>(world(), "up");
    expect(report.hosts.filter(({ state }) => state !== "unchanged")).toEqual([
      {
        ...{ name: THIRD, state: "installed" },
        words: expect.stringMatching(/^ok host=supernode-3 bundle=/) as string,
      },
    ]);
    expect(code).toBe(0);
    expect(report.changes.map(({ op, name }) => `${op} ${name}`)).toEqual([
      `create ${THIRD}-install`,
    ]);
  });

  test("an installed host that is dead keeps what the stack knows of it, while the others change", async () => {
    await onThird(world(), `systemctl stop ${SSHD}\n`);
    await operate(world(), "preview", (config) => {
      withThird(config);
      config["repair"] = "runner";
    });
    const { code, report } = await npmRunJson<OperationReport>(world(), "up");
    expect(Object.fromEntries(report.hosts.map(({ name, state }) => [name, state]))).toEqual({
      ...{ superlink: "updated", "supernode-1": "updated", "supernode-2": "updated" },
      [THIRD]: "left-out",
    });
    expect(code).toBe(1);
    expect(await stateText(world())).toContain(`${THIRD}-install`);
    await onThird(world(), "systemctl start ssh.service\n");
  });

  test("status is healthy with 0, and names what is not, and why, with 1", async () => {
    await operate(world(), "up", withThird);
    const healthy = await eventually(
      "a healthy stack",
      120,
      () => npmRunJson<StatusReport>(world(), "status"),
      ({ code }) => code === 0,
    );
    expect(healthy.report.healthy).toBe(true);
    expect(healthy.report.findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        "prometheus",
        "alertmanager",
        "grafana",
        "targets",
        "superlink",
        "runs",
      ]),
    );
    await onThird(world(), "systemctl stop flower-monitoring-node-exporter\n");
    const ill = await eventually(
      "the stopped exporter",
      60,
      () => npmRunJson<StatusReport>(world(), "status"),
      ({ report }) =>
        report.findings.some(({ what, state }) => what === "targets" && state === "fault"),
    );
    expect(ill.code).toBe(1);
    expect(ill.report.findings).toContainEqual(
      expect.objectContaining({
        ...{
          what: "targets",
          state: "fault",
          next: expect.stringContaining("node-exporter") as string,
        },
        seen: expect.stringMatching(/^node of supernode-3 is down: .*connection refused/) as string,
      }),
    );
    await onThird(world(), "systemctl start flower-monitoring-node-exporter\n");
  });

  test("taking the third host out again leaves the stack as the example has it", async () => {
    await operate(world(), "preview");
    const { code, report } = await npmRunJson<OperationReport>(world(), "up");
    expect(code).toBe(0);
    expect(report.hosts).toContainEqual({ name: THIRD, state: "removed" });
  });
}
