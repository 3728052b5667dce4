import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changes } from "../../../lab/engine";
import { hostOf, scriptOnHost } from "../../../lab/hosts";
import { eventually, query } from "../../../lab/observe";
import {
  containerStarts,
  difference,
  listing,
  operate,
  report,
  told,
  up,
  withThird,
  type World,
} from "../world";

const THIRD = "supernode-3";

function sshd(world: World, action: "start" | "stop"): Promise<string> {
  return scriptOnHost(
    hostOf(world.lab, THIRD),
    `systemctl ${action} ssh ssh.socket 2>/dev/null || systemctl ${action} ssh\n`,
  );
}

export function hosts(world: () => World, before: () => Record<string, string>): void {
  test("a host whose sshd is down fails alone and is named", async () => {
    const starts = await containerStarts(world());
    await sshd(world(), "stop");
    const outcome = await operate(world(), "up", withThird);
    expect(outcome.ok).toBe(false);
    expect(Object.keys(outcome.failures)).toEqual([`${THIRD}-install`]);
    expect(report(outcome)).toMatch(
      /supernode-3: ssh to root@172\.31\.78\.23 port 22: .*Connection refused; is the host up/,
    );
    expect(await containerStarts(world())).toBe(starts);
    // The rest went on: Prometheus already waits for the new host.
    expect(told(changes(outcome))).toContain("update monitoring-prometheus-targets");
  });

  test("a wrong host key is refused", async () => {
    await sshd(world(), "start");
    const file = join(world().lab.dir, "known_hosts");
    const known = await readFile(file, "utf8");
    const keyOf = (address: string): string =>
      new RegExp(`^${address.replaceAll(".", "\\.")} (.*)$`, "m").exec(known)?.[1] ?? "";
    await writeFile(file, known.replace(keyOf("172.31.78.23"), keyOf("172.31.78.22")));
    try {
      const outcome = await operate(world(), "up", withThird);
      expect(outcome.ok).toBe(false);
      expect(Object.keys(outcome.failures)).toEqual([`${THIRD}-install`]);
      expect(report(outcome)).toMatch(/supernode-3: .*the host key is not the one in known_hosts/);
    } finally {
      await writeFile(file, known);
    }
  });

  test("a third SuperNode is one entry of config, touches one host, restarts nothing", async () => {
    const starts = await containerStarts(world());
    const outcome = await up(world(), withThird);
    expect(told(changes(outcome))).toEqual([`create ${THIRD}-install`]);
    await eventually(
      "the new host in Prometheus",
      60,
      () => query(world().lab, `up{host="${THIRD}",job="node"}`),
      ([sample]) => sample?.value === 1,
    );
    expect(await containerStarts(world())).toBe(starts);
    expect(told(changes(await up(world(), withThird)))).toEqual([]);
  });

  test("removing it from config cleans its host and touches no other", async () => {
    const starts = await containerStarts(world());
    const outcome = await up(world());
    expect(told(changes(outcome))).toEqual([
      `delete ${THIRD}`,
      `delete ${THIRD}-install`,
      "update monitoring-prometheus-targets",
    ]);
    expect(difference(before()[THIRD], await listing(world(), THIRD))).toEqual([]);
    expect(await containerStarts(world())).toBe(starts);
  });
}
