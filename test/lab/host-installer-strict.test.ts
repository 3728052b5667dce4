/** Hosts that are set up otherwise than most: hardened, minimal, with a wrong clock, or as RHEL is. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FLOWER, makeBundle, type TestBundle } from "./host-bundles.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

let host: TestHost;
let before: string;
let bundle: TestBundle;

beforeAll(async () => {
  host = await TestHost.start();
  await host.sh(RHEL_TOOLS);
  before = await host.listing();
  const control = { address: "127.0.0.1:8000", insecure: true };
  bundle = await makeBundle("superlink", undefined, { flower: { ...FLOWER, hook: true, control } });
}, IMAGE_MILLISECONDS);

afterAll(() => TestHost.stopAll());

afterEach(async () => {
  await host.sh("rm -f /root/.flower-monitoring-*");
  expect(await host.listing()).toBe(before);
});

/**
 * What RHEL has and Debian has not, as tools that only note how they are called, in a directory that
 * is on nobody's PATH. restorecon fails for a path that is not there, like the real one.
 */
const RHEL_TOOLS = `
mkdir -p /usr/local/rhel && cd /usr/local/rhel
printf '#!/bin/sh\\nexit 0\\n' > selinuxenabled
printf '#!/bin/sh\\necho "$@" >> /run/restorecon.log; shift; ls -d "$@" > /dev/null\\n' > restorecon
printf '#!/bin/sh\\ncase $* in *query*) exit 1 ;; esac\\n' > firewall-cmd
chmod 755 *`;

/** Runs an installation while something about the host is changed, and puts that back. */
async function during<T>(change: string, undo: string, action: () => Promise<T>): Promise<T> {
  await host.sh(change);
  try {
    return await action();
  } finally {
    await host.sh(undo);
  }
}

/** Installs, checks and removes. Returns the last line of the installation. */
async function life(env: Record<string, string> = {}): Promise<string> {
  const installed = await host.session(bundle, "install", { env });
  expect(installed).toMatchObject({ code: 0, stderr: "" });
  expect(await host.session(bundle, "install", { env })).toEqual({
    code: 0,
    stdout: `ok host=h1 bundle=${bundle.id} changed=0\n`,
    stderr: "",
  });
  expect(await host.session(bundle, "remove", { env })).toMatchObject({ code: 0, stderr: "" });
  return installed.stdout;
}

async function failure(): Promise<string> {
  const outcome = await host.session(bundle);
  expect(outcome).toMatchObject({ code: 1, stdout: "" });
  return outcome.stderr;
}

const hidden = (...tools: string[]) => {
  const move = (from: string, to: string) =>
    tools.map((tool) => `mv ${tool}${from} ${tool}${to}`).join(" && ");
  return [move("", ".hidden"), move(".hidden", "")] as const;
};

describe("the installer works", () => {
  it("where programs cannot run from /tmp", async () => {
    await during("mount -t tmpfs -o noexec,nosuid,nodev tmpfs /tmp", "umount /tmp", () => life());
  });

  it("without setpriv and flock, and leaves no lock", async () => {
    await during(...hidden("/usr/bin/setpriv", "/usr/bin/flock"), () => life());

    expect(await host.sh("ls /run | grep flower || true")).toBe("");
  });

  it("with a clock that is before the release, and says so", async () => {
    const ahead = await makeBundle("supernode", ({ path, content }) =>
      path === "bundle.env"
        ? content.toString().replace(/FM_PINNED=.*/, "FM_PINNED=9999999999")
        : undefined,
    );

    expect(await host.install(ahead)).toMatch(
      /^ok host=h1 bundle=\w+ changed=2; the clock says [-\d: ]+ UTC, before this release was made: set it/,
    );
    expect((await host.session(ahead)).stdout).toBe(`ok host=h1 bundle=${ahead.id} changed=0\n`);
    await host.session(ahead, "remove");
  });
});

describe("the installer says what is wrong, and leaves nothing", () => {
  it.each([
    ["/opt", /Read-only file system/],
    ["/var/lib", /preflight: \/var\/lib is read-only; make it writable/],
  ])("where %s is read-only", async (directory, words) => {
    const bind = `mount --bind ${directory} ${directory} && mount -o remount,bind,ro ${directory}`;

    await during(bind, `umount ${directory}`, async () => expect(await failure()).toMatch(words));
  });

  it("where a tool is missing", async () => {
    await during(...hidden("/usr/sbin/useradd"), async () =>
      expect(await failure()).toBe(
        "flower-monitoring: h1: preflight: useradd is not on this host; install the package that has it\n",
      ),
    );
  });
});

// Emulated: no SELinux decides here, no firewall closes a port. See docs/support.md.
describe("on Debian laid out as RHEL's family: bash as sh, SELinux's tools, firewalld", () => {
  it("labels what is there, and says which ports are closed", async () => {
    const env = { PATH: "/usr/local/rhel:/usr/sbin:/usr/bin:/sbin:/bin" };
    const line = await during("ln -sf bash /bin/sh", "ln -sf dash /bin/sh", () => life(env));

    expect(line).toBe(
      `ok host=h1 bundle=${bundle.id} changed=4 hook=changed; running Flower services follow at their ` +
        "next start; firewalld is on and does not open 9100/tcp,9101/tcp: see that the monitoring VM can reach it\n",
    );
    const files = [
      "facts.service",
      "facts.timer",
      "flower-exporter.service",
      "node-exporter.service",
    ];
    const units = files.map((file) => `/etc/systemd/system/flower-monitoring-${file}`);
    expect(await host.sh("cat /run/restorecon.log")).toBe(
      `-R /opt/flower-monitoring/releases/${bundle.id} /var/lib/flower-monitoring ${units.join(" ")}`,
    );
  });
});
