import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import { FLOWER, inUnit, makeBundle, type TestBundle } from "./host-bundles.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

let host: TestHost;
let before: string;
let bundle: TestBundle;
let upgrade: TestBundle;

beforeAll(async () => {
  host = await TestHost.start();
  await host.sh(KILLERS);
  before = await host.listing();
  const flower = { ...FLOWER, hook: true };
  bundle = await makeBundle("supernode", undefined, { flower });
  upgrade = await makeBundle(
    "supernode",
    inUnit("node-exporter", "--no-collector.arp", "--no-collector.arp --no-collector.xfs"),
    { flower, context: { ...CONTEXT_DEFAULTS, logFormat: "json" } },
  );
}, IMAGE_MILLISECONDS);

afterAll(() => TestHost.stopAll());

/**
 * Stand-ins for the commands that change something. Each call is counted, and the one whose number
 * is in KILL_AT ends the installer and everything it started with SIGKILL, before it does its work.
 */
const KILLERS = `
mkdir -p /usr/local/killers
for name in mv ln mkdir cp rm cat chmod chown sed stat readlink tar gzip find sha256sum useradd userdel systemctl; do
  real=$(command -v $name)
  cat > /usr/local/killers/$name <<END
#!/bin/sh
echo >> /tmp/kill-count
[ "\\$(wc -l < /tmp/kill-count)" -lt "\\$KILL_AT" ] || kill -9 0
exec $real "\\$@"
END
  chmod 755 /usr/local/killers/$name
done`;

/** What setsid returns for a child that this signal ended. */
const SIGKILL = 9;

/** Runs the bootstrap and kills it at its n-th command; returns how many there were. */
async function killAt(n: number, of: TestBundle, action: "install" | "remove"): Promise<number> {
  await host.sh(": > /tmp/kill-count");
  const env = { KILL_AT: String(n), PATH: "/usr/local/killers:/usr/sbin:/usr/bin:/sbin:/bin" };
  const outcome = await host.session(of, action, { env });
  const count = Number(await host.sh("wc -l < /tmp/kill-count"));
  expect(outcome.code, `killed at ${n} of ${count}: ${outcome.stderr}`).toBe(
    n > count ? 0 : SIGKILL,
  );
  return count;
}

/** Points spread over a run, the first and last command among them. */
function spread(count: number, points: number): number[] {
  return Array.from({ length: points }, (_, i) => 1 + Math.round((i * (count - 1)) / (points - 1)));
}

const NEVER = 1_000_000;

describe("an installer killed with SIGKILL, run again", () => {
  it("finishes a first install, whatever command was the last", { timeout: 400_000 }, async () => {
    const count = await killAt(NEVER, bundle, "install");
    await host.session(bundle, "remove");

    for (const point of spread(count, 9)) {
      await killAt(point, bundle, "install");
      const again = await host.session(bundle);
      expect(again, `killed at ${point} of ${count}`).toMatchObject({ code: 0, stderr: "" });
      expect((await host.session(bundle)).stdout).toContain("changed=0");
      expect(await host.sh("ls -A /opt/flower-monitoring")).toBe("current\nhook\nreleases");
      await host.session(bundle, "remove");
      expect(await host.listing(), `killed at ${point} of ${count}`).toBe(before);
    }
  });

  it("finishes an upgrade", { timeout: 400_000 }, async () => {
    await host.install(bundle);
    const count = await killAt(NEVER, upgrade, "install");
    let [to, from] = [bundle, upgrade];

    for (const point of spread(count, 7)) {
      await killAt(point, to, "install");
      const again = await host.session(to);
      expect(again, `killed at ${point} of ${count}`).toMatchObject({ code: 0, stderr: "" });
      expect((await host.session(to)).stdout).toContain("changed=0");
      expect(await host.sh("ls -A /opt/flower-monitoring/releases")).toBe(to.id);
      expect(await host.metrics(9100)).toContain(to.id);
      const settings = "/opt/flower-monitoring/hook/current/flower_monitoring.conf";
      expect(await host.sh(`cat ${settings}`)).toContain(to === upgrade ? "=json" : "=text");
      [to, from] = [from, to];
    }
    await host.session(bundle, "remove");
  });

  it("finishes a removal", { timeout: 400_000 }, async () => {
    await host.install(bundle);
    const count = await killAt(NEVER, bundle, "remove");

    for (const point of spread(count, 5)) {
      await host.install(bundle);
      await killAt(point, bundle, "remove");
      expect(await host.session(bundle, "remove")).toMatchObject({ code: 0, stderr: "" });
      expect(await host.listing(), `killed at ${point} of ${count}`).toBe(before);
    }
  });
});

describe("an install that cannot work says why, and leaves nothing", () => {
  afterEach(async () => {
    expect(await host.listing()).toBe(before);
  });

  /** Copies, runs and returns the error. */
  async function failure(of: TestBundle): Promise<string> {
    const outcome = await host.session(of);
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    return outcome.stderr;
  }

  const setting = (from: RegExp, to: string) =>
    makeBundle("superlink", ({ path, content }) =>
      path === "bundle.env" ? content.toString().replace(from, to) : undefined,
    );

  it("disk full", async () => {
    await host.sh("mount -t tmpfs -o size=4m tmpfs /opt");
    try {
      expect(await failure(bundle)).toMatch(
        /h1: bundle: cannot unpack, \d+ KiB are free in \/opt\/flower-monitoring; make room/,
      );
      expect(await host.sh("ls -A /opt")).toBe("");
    } finally {
      await host.sh("umount /opt");
    }
  });

  it("mounted noexec", async () => {
    await host.sh("mount -t tmpfs -o size=100m,noexec tmpfs /opt");
    try {
      expect(await failure(bundle)).toBe(
        "flower-monitoring: h1: preflight: programs cannot run from /opt/flower-monitoring; mount it without noexec\n",
      );
      expect(await host.sh("ls -A /opt")).toBe("");
    } finally {
      await host.sh("umount /opt");
    }
  });

  it("read-only unit directory", async () => {
    await host.sh("mount --bind /etc/systemd/system /etc/systemd/system");
    await host.sh("mount -o remount,bind,ro /etc/systemd/system");
    try {
      expect(await failure(bundle)).toContain("/etc/systemd/system is read-only; make it writable");
    } finally {
      await host.sh("umount /etc/systemd/system");
    }
  });

  it("port taken", async () => {
    await host.sh("systemd-run -q --unit=squatter python3 -m http.server 9100 && sleep 1");
    try {
      expect(await failure(bundle)).toMatch(
        /preflight: port 9100 on [\d.]+ is taken by "python3" \(pid \d+\); stop that service/,
      );
    } finally {
      await host.sh("systemctl stop squatter");
    }
  });

  it("no Python of Flower's", async () => {
    const wrong = await setting(/FM_PYTHON=.*/, "FM_PYTHON=/opt/nowhere/bin/python");

    expect(await failure(wrong)).toContain(
      "preflight: python /opt/nowhere/bin/python is not there or not executable; set flower-monitoring:superlink.flower.python",
    );
  });

  it("a Python without flwr", async () => {
    const wrong = await setting(/FM_PYTHON=.*/, "FM_PYTHON=/usr/bin/python3");

    expect(await failure(wrong)).toContain("python /usr/bin/python3 cannot import flwr; set");
  });

  it("a CA certificate that only root can read", async () => {
    await host.sh("install -m 600 /dev/null /run/ca.crt");
    const wrong = await setting(/FM_CA_FILE=.*/, "FM_CA_FILE=/run/ca.crt");

    expect(await failure(wrong)).toContain(
      "the CA certificate /run/ca.crt is not there or only root",
    );
    await host.sh("rm /run/ca.crt");
  });

  it("bundle for another architecture", async () => {
    const wrong = await setting(/FM_ARCH=.*/, "FM_ARCH=s390x");

    expect(await failure(wrong)).toContain("preflight: the bundle is for s390x, this host is");
  });

  it("no program that speaks HTTP", async () => {
    const hide = "for f in curl wget python3; do mv /usr/bin/$f /usr/bin/$f";
    await host.sh(`${hide}.hidden; done`);
    try {
      expect(await failure(bundle)).toContain("no curl, wget or python3 to ask the exporters");
    } finally {
      await host.sh(`${hide.replace("/usr/bin/$f /usr", "/usr/bin/$f.hidden /usr")}; done`);
    }
  });

  it("a first version that never answers, ended by the time limit", async () => {
    const deaf = await makeBundle("supernode", inUnit("node-exporter", ":9100", ":9999"));

    const outcome = await host.session(deaf, "install", { deadline: 12 });

    expect(outcome.code).toBe(124);
    expect(outcome.stderr).toMatch(/h1: \w+: stopped by a signal or by the time limit; run again/);
    expect(outcome.stderr).toContain("nothing was installed before, so everything was taken away");
  });
});
