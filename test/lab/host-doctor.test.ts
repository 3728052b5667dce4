/** The doctor against a real systemd host with sshd and Docker, right and broken in each way that it knows. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../runner/run";
import type { MachineReport } from "../../runner/doctor/checks";
import { publicKey } from "../unit/config-fixture";
import { checkOf, DoctorWorld, wrong } from "./host-doctor.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

/** As lab/hosts/units.ts has it, without TLS. */
const SUPERLINK = `systemd-run -q --unit=superlink --setenv=HOME=/tmp --setenv=FLWR_HOME=/tmp/flwr \
  --setenv=PATH=/opt/flower/bin:/usr/bin:/bin --setenv=FLWR_TELEMETRY_ENABLED=0 --setenv=PYTHONDONTWRITEBYTECODE=1 \
  /opt/flower/bin/flower-superlink --insecure --host 127.0.0.1 --port 8000
for i in $(seq 60); do curl -s -o /dev/null http://127.0.0.1:8000/ && exit; sleep 1; done
journalctl -u superlink --no-pager | tail -n 5 >&2; exit 1`;

describe("the doctor", () => {
  let world: DoctorWorld;
  let sh: (script: string) => Promise<string>;

  beforeAll(async () => {
    world = await DoctorWorld.start();
    sh = (script) => world.host.sh(script);
    await sh(SUPERLINK);
  }, IMAGE_MILLISECONDS);

  afterAll(async () => {
    world.remove();
    await TestHost.stopAll();
  });

  /** The SuperNode's report, with its entry and `ssh` changed. */
  async function supernode(
    host: Record<string, string> = {},
    ssh: Record<string, string> = {},
    more: Record<string, string> = {},
  ): Promise<MachineReport | undefined> {
    const reports = await world.doctor((raw) => {
      Object.assign(raw["supernodes"]?.[0] ?? {}, host);
      Object.assign(raw["ssh"] ?? {}, ssh);
      Object.assign(raw, more);
    });
    return reports["supernode-1"];
  }

  it("finds nothing on hosts that are ready, tells what they are, and leaves them as they were", async () => {
    const before = await world.host.listing();
    const reports = await world.doctor();

    expect(Object.values(reports).map((report) => [report.name, wrong(report)])).toEqual([
      ["monitoring", []],
      ["superlink", []],
      ["supernode-1", []],
    ]);
    const { superlink, monitoring } = reports;
    expect(superlink?.facts).toMatchObject({
      system: expect.stringContaining("Debian GNU/Linux 12") as string,
      machine: expect.stringMatching(/x86_64|aarch64/) as string,
      flower: expect.stringMatching(/^1\.4/) as string,
      docker: expect.stringMatching(/^\d+\./) as string,
    });
    expect(superlink?.checks.map(({ check }) => check)).toEqual([
      ...[
        "ssh",
        "host-key",
        "login",
        "clock",
        "disk",
        "sudo",
        "flower",
        "port",
        "superlink",
        "reach",
      ],
    ]);
    expect(checkOf(monitoring, "reach")?.seen).toBe("9090, 9093, 3000 from this machine");
    expect(await world.host.listing()).toBe(before);
  });

  it("shows the key of a host that is not pinned, and says nothing to that host", async () => {
    const { vm, superlink, supernode: address } = world.addresses;
    world.pin([vm, superlink].map((pinned) => `${pinned} ${world.hostKey}`));
    const report = await supernode();
    const { stdout } = await run("ssh-keygen", ["-lf", "-"], { input: world.hostKey });
    const [, shown = ""] = stdout.split(" ");

    expect(report?.hostKey).toEqual({
      line: `${address} ${world.hostKey}`,
      fingerprint: shown,
      pinned: "none",
    });
    expect(wrong(report)).toEqual([`host-key: no key in known_hosts; it shows ${shown}`]);
    expect(checkOf(report, "login")).toBeUndefined();

    world.pin([
      ...[vm, superlink].map((pinned) => `${pinned} ${world.hostKey}`),
      `${address} ${publicKey()}`,
    ]);
    const other = await supernode();
    expect(other?.hostKey?.pinned).toBe("different");
    expect(wrong(other)).toEqual([
      expect.stringMatching(/^host-key: it shows SHA256:.*, and SHA256:.* is pinned$/),
    ]);
    expect(checkOf(other, "host-key")?.next).toMatch(/^find out why first/);
    expect(checkOf(other, "login")).toBeUndefined();
    world.pin(Object.values(world.addresses).map((each) => `${each} ${world.hostKey}`));
  });

  it("tells a host that is away, a key that is refused and a user without sudo apart", async () => {
    const nobody = world.addresses.supernode.replace(/\d+$/, "99");
    world.pin(
      [...Object.values(world.addresses), nobody].map((each) => `${each} ${world.hostKey}`),
    );
    const away = await supernode({ address: nobody });
    expect(wrong(away)).toEqual([
      expect.stringMatching(/^ssh: ssh to root@.* port 22: .*(No route to host|timed out)/),
      expect.stringMatching(
        /^reach: from the monitoring VM: 9100\/tcp (cannot be reached|does not answer)$/,
      ),
    ]);

    await sh("useradd -m ops; mkdir -p ~ops/.ssh");
    expect(wrong(await supernode({ user: "ops" }))).toEqual([
      expect.stringContaining("login: ssh to ops@"),
    ]);

    await sh("cp ~/.ssh/authorized_keys ~ops/.ssh/ && chown -R ops ~ops/.ssh");
    const asked = await supernode({ user: "ops" });
    expect(wrong(asked)).toEqual(["sudo: sudo asks for the password of ops"]);
    expect(checkOf(asked, "sudo")?.next).toBe("allow it without one, or set sudoPasswordSecret");

    await sh(`echo ops:fair-weather-7 | chpasswd; echo 'ops ALL=(ALL) ALL' > /etc/sudoers.d/ops`);
    const wrongly = await supernode(
      { user: "ops" },
      { sudoPasswordSecret: "sudo" },
      { sudo: "wrong-weather-7" },
    );
    expect(wrong(wrongly)).toEqual(["sudo: sudo refuses the password of ops"]);
    const rightly = await supernode(
      { user: "ops" },
      { sudoPasswordSecret: "sudo" },
      { sudo: "fair-weather-7" },
    );
    expect(wrong(rightly)).toEqual([]);

    await sh("mv /usr/bin/sudo /usr/bin/sudo.away");
    expect(wrong(await supernode({ user: "ops" }))).toEqual([
      "sudo: there is no sudo on this host for ops",
    ]);
    await sh("mv /usr/bin/sudo.away /usr/bin/sudo; userdel -r ops; rm /etc/sudoers.d/ops");
  });

  it("tells a full disk, a taken port, a wrong clock and a missing tool all at once", async () => {
    await sh(`mkdir /opt/flower-monitoring && mount -t tmpfs -o size=1m tmpfs /opt/flower-monitoring
      systemd-run -q --unit=squatter python3 -m http.server 9100
      # Stands in for a host whose clock is wrong: a container has none of its own.
      printf '#!/bin/sh\\n[ "$*" = "-u +%%s" ] || exec /bin/date "$@"\\necho $(($(/bin/date +%%s) - 10800))\\n' > /usr/local/bin/date
      chmod 755 /usr/local/bin/date
      mv /usr/sbin/userdel /usr/sbin/userdel.away; sleep 1`);
    try {
      const report = await supernode();
      expect(wrong(report)).toEqual([
        "tools: userdel is not on this host",
        expect.stringMatching(
          /^disk: disk full: \/opt\/flower-monitoring has \d+ KiB free, \d+ KiB are needed$/,
        ),
        expect.stringMatching(/^port: port 9100 on .* is taken by "python3" \(pid \d+\)$/),
        "clock: 3 h behind this machine's",
      ]);
      expect(report?.checks.every(({ state, next }) => state === "ok" || next !== undefined)).toBe(
        true,
      );
    } finally {
      await sh(`umount /opt/flower-monitoring; rmdir /opt/flower-monitoring; systemctl stop squatter
        rm /usr/local/bin/date; mv /usr/sbin/userdel.away /usr/sbin/userdel`);
    }
  });

  it("tells a SuperLink that does not answer, and Flower that is not where the stack says", async () => {
    await sh("systemctl stop superlink");
    const silent = (await world.doctor())["superlink"];
    expect(wrong(silent)).toEqual([
      expect.stringMatching(/^superlink: control API 127\.0\.0\.1:8000: ConnectError/),
    ]);
    const absent = await world.doctor((raw) => {
      Object.assign(raw["superlink"]?.["flower"] ?? {}, { python: "/opt/no/bin/python" });
    });
    expect(wrong(absent["superlink"])).toEqual([
      "flower-exporter: python /opt/no/bin/python is not there or not executable",
      "hook: python /opt/no/bin/python is not there or not executable",
    ]);
    await sh(SUPERLINK);
  });

  it("tells what the monitoring VM lacks: Docker, an image, a port; and what it does not reach", async () => {
    await sh(`docker rmi doctor-test/grafana:1
      systemd-run -q --unit=squatter python3 -m http.server 9093
      iptables -A INPUT -p tcp --dport 9100 -j DROP; sleep 1`);
    try {
      const reports = await world.doctor();
      expect(wrong(reports["monitoring"])).toEqual([
        expect.stringMatching(/^port: port 9093 on .* is taken by "python3"/),
        expect.stringMatching(/^image: doctor-test\/grafana:1 is not on the monitoring VM/),
      ]);
      expect(wrong(reports["supernode-1"])).toEqual([
        "reach: from the monitoring VM: 9100/tcp does not answer",
      ]);
      expect(wrong(reports["superlink"])).toEqual([
        "reach: from the monitoring VM: 9100/tcp does not answer",
      ]);
    } finally {
      await sh("systemctl stop squatter; iptables -D INPUT -p tcp --dport 9100 -j DROP");
    }
    await sh("systemctl stop docker.socket docker; mv /usr/bin/docker /usr/bin/docker.away");
    try {
      expect(wrong((await world.doctor())["monitoring"])).toEqual([
        "docker: there is no Docker on the monitoring VM",
      ]);
    } finally {
      await sh("mv /usr/bin/docker.away /usr/bin/docker; systemctl start docker.socket docker");
    }
  });
});
