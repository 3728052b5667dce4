import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { downloadingBundle, makeBundle } from "./host-bundles.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

describe("other ways to the same installation", () => {
  let host: TestHost;

  beforeAll(async () => {
    host = await TestHost.start();
  }, IMAGE_MILLISECONDS);

  afterAll(() => TestHost.stopAll());

  it("downloads what the bundle does not carry, and nothing but those bytes", async () => {
    const carried = await makeBundle("supernode");
    await host.install(carried);
    const sum = await host.sh(`
      mkdir -p /tmp/www/release && cd /tmp/www
      cp /opt/flower-monitoring/current/bin/node_exporter release
      tar -czf release.tar.gz release
      systemd-run -q --unit=www --working-directory=/tmp/www python3 -m http.server 8099 && sleep 2
      sha256sum < release.tar.gz | cut -d' ' -f1`);
    await host.session(carried, "remove");
    const url = "http://127.0.0.1:8099/release.tar.gz";

    const other = await downloadingBundle(url, "0".repeat(64));
    expect((await host.session(other)).stderr).toContain(
      `install: ${url} does not have the SHA-256 000`,
    );
    expect(await host.sh("ls -A /opt")).toBe("flower");

    const right = await downloadingBundle(url, sum);
    expect(await host.install(right)).toBe(`ok host=h1 bundle=${right.id} changed=1`);
    await host.sh("systemctl stop www; rm -r /tmp/www");
    expect((await host.session(right)).stdout).toContain("changed=0");
    await host.session(right, "remove");
  });

  it("works for a user whose sudo asks for nothing, or for a password, and says when it may not", async () => {
    await host.sh("useradd -m ops; echo ops:fair-weather-7 | chpasswd");
    const supernode = await makeBundle("supernode");
    const ok = { code: 0, stderr: "", stdout: `ok host=h1 bundle=${supernode.id} changed=1\n` };
    const sudoers = (rule: string): Promise<string> =>
      host.sh(`echo 'ops ALL=(ALL) ${rule}' > /etc/sudoers.d/ops`);
    const asOps = (sudoPassword?: string) =>
      host.session(supernode, "install", {
        user: "ops",
        ...(sudoPassword === undefined ? {} : { sudoPassword }),
      });

    await sudoers("ALL");
    expect((await asOps()).stderr).toBe(
      "flower-monitoring: h1: sudo asks for the password of ops; allow it without one, or set sudoPasswordSecret\n",
    );
    expect((await asOps("wrong")).stderr).toBe(
      "flower-monitoring: h1: sudo refuses the password of ops; correct its secret\n",
    );
    expect(await host.sh("ls -A /opt")).toBe("flower");
    expect(await asOps("fair-weather-7")).toEqual(ok);
    await host.session(supernode, "remove", { user: "ops", sudoPassword: "fair-weather-7" });

    await sudoers("NOPASSWD: ALL");
    expect(await asOps()).toEqual(ok);
    await host.session(supernode, "remove", { user: "ops" });
    // A password that is not asked for must not end up in what is unpacked.
    expect(await asOps("fair-weather-7")).toEqual(ok);
  });
});
