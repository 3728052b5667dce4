import { describe, expect, test } from "vitest";
import { readRecap } from "../../bench/hosts/recap";
import { comparison } from "../../bench/hosts/report";
import { faults } from "../../bench/hosts/verify";
import { addressOf } from "../../bench/scale/hosts";
import { details, times } from "../../bench/scale/report";
import { markdown, median, ratio, spread } from "../../bench/table";

describe("a table's numbers", () => {
  test("the median does not depend on the order, and lies between the middle two", () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([10, 2, 1, 4])).toBe(3);
    expect(() => median([])).toThrow("no values");
  });

  test("a spread is the least and the median", () => {
    expect(spread([3, 1.25, 2])).toBe("1.3 / 2.0");
  });

  test("a ratio compares medians, and nothing with nothing", () => {
    expect(ratio([10, 12, 50], [2, 3, 1])).toBe(6);
    expect(() => ratio([1], [0])).toThrow("cannot be compared");
  });

  test("columns are as wide as their widest cell, numbers to the right", () => {
    expect(markdown(["what", "s"], [["a long one", "1.5"]])).toBe(
      "| what       |   s |\n| ---------- | --: |\n| a long one | 1.5 |\n",
    );
  });
});

describe("hosts beside Ansible", () => {
  test("the goal counts the exact ratio, not the printed one", () => {
    const row = (theirs: number) => ({
      hosts: 3,
      phase: "no change",
      seconds: { Ansible: [theirs], ours: [1] },
    });
    const text = comparison(["Ansible", "ours"], [row(4.96), row(5)]);
    expect(text).toContain("| no change               |     3 | 5.0 / 5.0 | 1.0 / 1.0 |");
    expect(text).toContain("met in 1 of 2 rows");
  });

  test("Ansible's recap is read host by host, also what only looks like one before it", () => {
    const output = `msg: h9 : ok=1 changed=1 unreachable=0 failed=0
PLAY RECAP *********
h1                         : ok=12   changed=3    unreachable=0    failed=0    skipped=2
h2                         : ok=0    changed=0    unreachable=1    failed=0    skipped=0
h3                         : ok=4    changed=1    unreachable=0    failed=1    skipped=0
`;
    expect(readRecap(output)).toEqual([
      { host: "h1", ok: 12, changed: 3, failed: false },
      { host: "h2", ok: 0, changed: 0, failed: true },
      { host: "h3", ok: 4, changed: 1, failed: true },
    ]);
  });

  test("a host is right when its exporter answers with the collectors that it should have", () => {
    const up = '\nnode_exporter_build_info{version="1"} 1\n';
    const xfs = 'node_scrape_collector_success{collector="xfs"} 1\n';
    expect(faults(up + xfs, ["xfs"], [])).toBeUndefined();
    expect(faults(up, ["xfs"], ["xfs"])).toBeUndefined();
    expect(faults(up, ["xfs"], [])).toContain("xfs");
    expect(faults(up + xfs, ["xfs"], ["xfs"])).toContain("xfs");
    expect(faults("", [], [])).toContain("does not answer");
  });
});

describe("simulated hosts", () => {
  test("each has an address of its own in loopback", () => {
    const addresses = Array.from({ length: 1001 }, (_, index) => addressOf(index));
    expect(new Set(addresses).size).toBe(1001);
    for (const address of addresses) {
      const octets = address.split(".").map(Number);
      expect(octets[0]).toBe(127);
      expect(octets.every((octet) => octet > 0 && octet < 255)).toBe(true);
    }
  });

  const life = (hosts: number, seconds: number) => ({
    ...{ hosts, first: seconds, noop: seconds / 4, destroy: seconds / 2 },
    ...{ logins: hosts, stateBytes: hosts * 4000 },
    more: { seconds: 3, logins: 1, changed: 2 },
  });

  test("the last column is the largest fleet's time over the smallest's", () => {
    const text = times("saved once", [life(100, 8), life(1000, 84)]);
    expect(text).toMatch(/saved once +\| 100 hosts \| 1,000 hosts \| times \|/);
    expect(text).toMatch(/first `up` +\| +8\.0 s \| +84\.0 s \| +10\.5 \|/);
  });

  test("logins and state are told for each host", () => {
    expect(details([life(1000, 80)])).toMatch(/1,000 +\| +1\.00 \| +1 \| +3\.0 s \| +4,000 B \|/);
  });
});
