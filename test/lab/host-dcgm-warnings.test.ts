import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { dcgmBundle, giveDriver, giveImage, giveToolkit } from "./host-dcgm.kit";
import { inUnit, type TestBundle } from "./host-bundles.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

afterAll(() => TestHost.stopAll());

let host: TestHost;
let bundle: TestBundle;

beforeAll(async () => {
  host = await TestHost.start();
  bundle = await dcgmBundle({}, { carried: false });
  await giveImage(host);
}, IMAGE_MILLISECONDS);

const ok = (of: TestBundle, changed: number, cause?: string): string =>
  `ok host=h1 bundle=${of.id} changed=${changed}${cause === undefined ? "" : ` warn=dcgm-exporter:${cause}`}\n`;

/** Installs, expects success with this one warning, and a second run that adds nothing to it. */
async function warned(of: TestBundle, cause: string, words: RegExp, changed = 3): Promise<void> {
  const first = await host.session(of);
  expect(first).toMatchObject({ code: 0, stdout: ok(of, changed, cause) });
  expect(first.stderr).toMatch(/^flower-monitoring: h1: warning: dcgm-exporter: [^\n]*\n$/);
  expect(first.stderr).toMatch(words);
  expect(await host.metrics(9100)).toContain("node_exporter_build_info");

  const footprint = await host.footprint();
  expect(await host.session(of)).toEqual({ code: 0, stdout: ok(of, 0, cause), stderr: "" });
  expect(await host.footprint()).toBe(footprint);
}

// In order, as an operator mends one thing after the other on a host that has nothing of it.
describe("a host on which the DCGM exporter cannot run is installed all the same, with a warning", () => {
  it("without Docker and Podman", async () => {
    await host.sh("mv /usr/bin/docker /usr/bin/docker.hidden");
    try {
      await warned(bundle, "no-engine", /neither Docker nor Podman is on this host; install one/);

      const verify = await host.try("/opt/flower-monitoring/current/install.sh verify");
      expect(verify).toMatchObject({ code: 0, stdout: ok(bundle, 0, "no-engine") });
      expect(verify.stderr).toContain("warning: dcgm-exporter: neither Docker");
    } finally {
      await host.sh("mv /usr/bin/docker.hidden /usr/bin/docker");
    }
  });

  it("without a driver", async () => {
    await warned(bundle, "no-driver", /no NVIDIA driver on this host.*gpu: false/, 0);
  });

  it("with a driver in trouble", async () => {
    await host.sh(
      "printf '#!/bin/sh\\necho Failed to initialize NVML; exit 18\\n' > /usr/local/bin/nvidia-smi; chmod 755 /usr/local/bin/nvidia-smi",
    );
    expect((await host.session(bundle)).stdout).toBe(ok(bundle, 0, "no-driver"));
    expect((await host.try("/opt/flower-monitoring/current/install.sh verify")).stderr).toContain(
      "nvidia-smi fails: Failed to initialize NVML",
    );
  });

  it("without the container toolkit", async () => {
    await giveDriver(host);

    await warned(bundle, "no-toolkit", /NVIDIA Container Toolkit is not on this host/, 0);
  });

  it("and works by itself when all is there; the next run notices, the one after says nothing", async () => {
    await giveToolkit(host);
    await host.sh(
      `for i in $(seq 90); do curl -fs http://${host.address}:9400/metrics >/dev/null && exit; sleep 1; done; exit 1`,
    );

    expect(await host.session(bundle)).toEqual({ code: 0, stdout: ok(bundle, 0), stderr: "" });

    const footprint = await host.footprint();
    expect(await host.session(bundle)).toEqual({ code: 0, stdout: ok(bundle, 0), stderr: "" });
    expect(await host.footprint()).toBe(footprint);
  });

  it("and is started again when it was well and is not", async () => {
    await host.sh("systemctl stop flower-monitoring-dcgm-exporter");

    expect(await host.session(bundle)).toEqual({ code: 0, stdout: ok(bundle, 1), stderr: "" });
    await host.session(bundle, "remove");
  });
});

describe("on a host with GPUs there is a warning", () => {
  beforeAll(async () => {
    await giveDriver(host);
    await giveToolkit(host);
  });

  afterEach(() => host.session(bundle, "remove"));

  it("when the image is not there and cannot be pulled", async () => {
    const missing = await dcgmBundle(
      { image: "registry.invalid/dcgm-exporter:4.5.3-4.8.2" },
      { carried: false },
    );

    await warned(missing, "no-image", /registry.invalid\/dcgm-exporter:4.5.3-4.8.2 is not on this/);
  });

  it("when another exporter has the port, and that one is not taken for ours", async () => {
    await host.sh(`mkdir -p /tmp/www && echo 'DCGM_FI_DEV_GPU_TEMP 1' > /tmp/www/metrics
      systemd-run -q --unit=other --working-directory=/tmp/www python3 -m http.server 9400 && sleep 2`);
    try {
      await warned(bundle, "port-taken", /port 9400 on [\d.]+ is taken by "python3"/);
    } finally {
      await host.sh("systemctl stop other; rm -r /tmp/www");
    }
  });

  it("on a Jetson, where it is not even tried", async () => {
    await host.sh("touch /etc/nv_tegra_release");
    try {
      await warned(
        bundle,
        "jetson",
        /this is a Jetson \(Tegra\), which DCGM does not support; set/,
      );
      expect(await host.sh("docker ps -aq")).toBe("");
    } finally {
      await host.sh("rm /etc/nv_tegra_release");
    }
  });

  it("when a counter is not one of DCGM's, in the exporter's own words", async () => {
    const wrong = await dcgmBundle(
      {},
      {
        carried: false,
        edit: ({ path, content }) =>
          path === "etc/dcgm-counters.csv"
            ? `${content.toString()}DCGM_FI_NONE, gauge, x\n`
            : undefined,
      },
    );

    await warned(wrong, "no-answer", /could not find DCGM field DCGM_FI_NONE/);
  });

  it("and an upgrade of the rest goes through, while a failure of the rest is still one", async () => {
    const changed = (flag: string): Promise<TestBundle> =>
      dcgmBundle({}, { carried: false, edit: inUnit("node-exporter", "--no-collector.arp", flag) });
    await host.sh("touch /etc/nv_tegra_release");
    try {
      await host.install(bundle);
      const other = await changed("--no-collector.arp --no-collector.xfs");
      expect(await host.session(other)).toEqual({
        code: 0,
        stdout: ok(other, 1, "jetson"),
        stderr: "",
      });
      const broken = await changed("--no-such-flag");

      const outcome = await host.session(broken);

      expect(outcome.code).toBe(1);
      expect(outcome.stderr).toContain("verify: node-exporter does not answer");
      expect(outcome.stderr).toContain(`rollback: release ${other.id} is in place again`);
      expect(outcome.stderr).not.toContain("dcgm-exporter");
      expect(await host.session(other)).toEqual({
        code: 0,
        stdout: ok(other, 0, "jetson"),
        stderr: "",
      });
    } finally {
      await host.sh("rm /etc/nv_tegra_release");
    }
  });
});
