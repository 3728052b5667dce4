import { expect, test } from "vitest";
import { changes, type Edit } from "../../../lab/engine";
import { cutPower, hostOf, powerOn, scriptOnHost } from "../../../lab/hosts";
import { eventually, query } from "../../../lab/observe";
import {
  containerStarts,
  difference,
  everyTargetUp,
  listing,
  operate,
  told,
  up,
  withThird,
  type World,
} from "../world";

const THIRD = "supernode-3";

/** A change on every host, a new host, and no patience with those that do not answer. */
const everywhere: Edit = (config) => {
  withThird(config);
  config["context"] = { ...(config["context"] as object), FL_LOG_FORMAT: "text" };
  config["ssh"] = { ...(config["ssh"] as object), waitSeconds: 0 };
};

/** What is wrong on a host, how it is put right, and how it is told. */
interface Fault {
  make: (world: World) => Promise<unknown>;
  mend: (world: World) => Promise<unknown>;
  says: RegExp;
}

const byScript = (host: string, make: string, mend: string, says: RegExp): Fault => ({
  make: ({ lab }) => scriptOnHost(hostOf(lab, host), make),
  mend: ({ lab }) => scriptOnHost(hostOf(lab, host), mend),
  says,
});

const FAULTS: Record<string, Fault> = {
  "supernode-1": byScript(
    "supernode-1",
    "mv /root/.ssh/authorized_keys /root/.ssh/authorized_keys.away\n",
    "mv /root/.ssh/authorized_keys.away /root/.ssh/authorized_keys\n",
    /supernode-1: ssh to root@172\.31\.78\.21 port 22: .*Permission denied.*; let the key log in there/,
  ),
  "supernode-2": {
    make: ({ lab }) => cutPower(hostOf(lab, "supernode-2")),
    mend: ({ lab }) => powerOn(hostOf(lab, "supernode-2")),
    says: /supernode-2: ssh to root@172\.31\.78\.22 port 22: .+; is the host up .* If it is gone for good, set lost: true on it/,
  },
  [THIRD]: byScript(
    THIRD,
    "mkdir /opt/flower-monitoring\nmount -t tmpfs -o size=64k tmpfs /opt/flower-monitoring\n",
    "umount /opt/flower-monitoring\nrmdir /opt/flower-monitoring\n",
    /supernode-3: bundle: cannot unpack, \d+ KiB are free in \/opt\/flower-monitoring; make room/,
  ),
};

const FAULTY = Object.keys(FAULTS);

/** Waits until an installer on the host has come so far, stops it there, and takes the power away. */
async function cutPowerAt({ lab }: World, path: string): Promise<void> {
  const host = hostOf(lab, THIRD);
  // Both at once: on a busy machine the installer may be between two processes when it has come so far.
  await scriptOnHost(
    host,
    `tries=2000
     until ls -d ${path} >/dev/null 2>&1 && pkill -STOP -f '/install.sh install'; do
       tries=$((tries - 1))
       [ $tries -gt 0 ] || exit 1
       sleep 0.02
     done
    `,
  );
  await cutPower(host);
  await powerOn(host);
}

export function failures(world: () => World, before: () => Record<string, string>): void {
  test("hosts that are dead, refuse the key or have a full disk fail alone, by name, cause and next step", async () => {
    const starts = await containerStarts(world());
    for (const { make } of Object.values(FAULTS)) await make(world());

    const outcome = await operate(world(), "up", everywhere);

    // As the engine says it of its own process.
    expect(outcome.error).toMatch(/exit code [1-9]/);
    expect(Object.keys(outcome.failures).sort()).toEqual(FAULTY.map((host) => `${host}-install`));
    for (const [host, { says }] of Object.entries(FAULTS)) {
      expect(outcome.failures[`${host}-install`]).toMatch(says);
    }
    // The rest went on: the SuperLink's host has the change, Prometheus waits for the new host.
    const hosts = outcome.outputs["hosts"] as Record<string, { status: string }>;
    expect(hosts["superlink"]?.status).toMatch(/^ok host=superlink .* changed=[1-9]/);
    for (const host of FAULTY) expect(hosts[host]?.status).toBe("failed");
    expect(told(changes(outcome))).toContain("update monitoring-prometheus-targets");
    expect(await containerStarts(world())).toBe(starts);
  });

  test("a host that was without power comes back with its exporters, before any up", async () => {
    for (const { mend } of Object.values(FAULTS)) await mend(world());
    await eventually(
      "supernode-2 in Prometheus",
      60,
      () => query(world().lab, 'up{host="supernode-2",job="node"}'),
      ([sample]) => sample?.value === 1,
    );
  });

  test("the next up touches only the hosts that are left", async () => {
    expect(told(changes(await up(world(), everywhere)))).toEqual([
      `create ${THIRD}-install`,
      "update supernode-1-install",
      "update supernode-2-install",
    ]);
    await everyTargetUp(world(), 8);
    expect(told(changes(await up(world(), everywhere)))).toEqual([]);
  });

  test("a host that is gone for good is out with lost: true, and its entry can go: nothing is asked of it", async () => {
    const host = hostOf(world().lab, THIRD);
    await cutPower(host);
    const lost: Edit = (config) => {
      everywhere(config);
      config["supernodes"] = (config["supernodes"] as { name: string }[]).map((entry) =>
        entry.name === THIRD ? { ...entry, lost: true } : entry,
      );
    };
    expect(told(changes(await up(world(), lost)))).toEqual([
      "update monitoring-prometheus-targets",
      `update ${THIRD}-install`,
    ]);
    await everyTargetUp(world(), 7);
    const without: Edit = (config) => {
      const { supernodes } = config;
      everywhere(config);
      config["supernodes"] = supernodes;
    };
    expect(told(changes(await up(world(), without)))).toEqual([
      `delete ${THIRD}`,
      `delete ${THIRD}-install`,
      "update monitoring-prometheus-live-config",
    ]);

    // It comes back after all: the installer that it has kept takes away what it put there.
    await powerOn(host);
    await scriptOnHost(host, "/opt/flower-monitoring/current/install.sh remove\n");
    expect(difference(before()[THIRD], await listing(world(), THIRD))).toEqual([]);
  });

  test.each([
    ["while its bundle is unpacked", "/opt/flower-monitoring/.unpack.*"],
    ["while its units are placed", "/etc/systemd/system/flower-monitoring-node-exporter.service"],
  ])("a power cut of a host %s is told, and an up again ends healthy", async (_when, path) => {
    let cut: Promise<void> | undefined;
    const outcome = await operate(world(), "up", withThird, {
      onStep: ({ op, name }) => {
        if (`${op} ${name}` === `create ${THIRD}-install`) cut ??= cutPowerAt(world(), path);
      },
    });
    await cut;
    expect(Object.keys(outcome.failures)).toEqual([`${THIRD}-install`]);
    expect(outcome.failures[`${THIRD}-install`]).toMatch(
      /supernode-3: ssh to .*: the connection was lost at work; .*run pulumi up again/,
    );

    expect(told(changes(await up(world(), withThird)))).toEqual([`create ${THIRD}-install`]);
    await everyTargetUp(world(), 8);
    expect(told(changes(await up(world(), withThird)))).toEqual([]);
    await up(world());
    expect(difference(before()[THIRD], await listing(world(), THIRD))).toEqual([]);
  });
}
