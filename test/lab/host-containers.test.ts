import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FlowerConfig } from "../../components/config/schema";
import { nodeExporter } from "../../lab/toolchain/prometheus";
import { makeBundle, type TestBundle } from "./host-bundles.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

const flower: FlowerConfig = {
  runtime: "container",
  hook: false,
  containerMetrics: true,
  restart: [],
};

/** The bits of `CapEff` in /proc that stand for CAP_SYSLOG alone. */
const ONLY_SYSLOG = "0000000400000000";

/** An image without files: a container's program comes from the host's /usr, read-only. */
const IMAGE = `
mkdir -p /run/image && cd /run/image
for link in bin lib lib64; do ln -s usr/$link $link; done
tar -c . | docker import - hospital/app:1 >/dev/null`;

const start = (name: string) =>
  `docker run --detach --name ${name} --label site=secret --memory 64m --cpus 0.5 \\
     --volume /usr:/usr:ro hospital/app:1 /usr/bin/sleep 3600 >/dev/null`;

let host: TestHost;
let bundle: TestBundle;
let before: string;

beforeAll(async () => {
  host = await TestHost.start();
  bundle = await makeBundle("supernode", undefined, { flower });
  await host.sh(`${IMAGE}\n${start("flower-clientapp")}`);
  before = await listing();
}, IMAGE_MILLISECONDS);

afterAll(() => TestHost.stopAll());

/** The host without what its containers write themselves. */
async function listing(): Promise<string> {
  const lines = (await host.listing()).split("\n");
  return lines.filter((line) => !line.includes("/var/lib/containerd")).join("\n");
}

/** The series of one container, once there are any: name and labels to value. */
async function seriesOf(container: string): Promise<Map<string, number>> {
  const url = `http://${host.address}:9102/metrics`;
  const lines = await host.sh(`
    for i in $(seq 60); do
      curl -fsS ${url} | grep 'name="${container}"' && exit; sleep 0.5
    done; curl -sS ${url} | grep ^container; journalctl -u flower-monitoring-cadvisor | tail; exit 1`);
  // What was sampled ends with the time of it.
  return new Map(
    lines.split("\n").map((line) => {
      const [, series = line, value] = /^(.*\}) (\S+)( \d+)?$/.exec(line) ?? [];
      return [series, Number(value)];
    }),
  );
}

function value(series: Map<string, number>, metric: string): number {
  const found = [...series].filter(([name]) => name.startsWith(`${metric}{`));
  expect(found, metric).toHaveLength(1);
  return found[0]?.[1] ?? NaN;
}

describe("a host without Docker", () => {
  it("is told so, and what to do, before anything is written", async () => {
    await host.sh("mv /run/docker.sock /run/docker.away");
    const outcome = await host.session(bundle);
    await host.sh("ln -s /run/podman/podman.sock /run/docker.sock && mkdir -p /run/podman");
    const podman = await host.session(bundle);
    await host.sh("rmdir /run/podman && mv -f /run/docker.away /run/docker.sock");

    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toBe(
      "flower-monitoring: h1: preflight: there is no Docker on this host (/var/run/docker.sock); install and start it, or set containerMetrics: false under flower for this host\n",
    );
    expect(podman.stderr).toMatch(
      /preflight: \S+docker.sock is Podman's here, .* Docker only; set/,
    );
    expect(await host.sh("ls -A /opt")).toBe("flower");
  });

  /** What an install says where the command `docker` is this script; nothing is left of either. */
  async function saysWith(docker: string): Promise<string> {
    const fake = "/usr/local/bin/docker";
    await host.sh(`printf '#!/bin/sh\n${docker}\n' >${fake}; chmod 755 ${fake}`);
    const outcome = await host.session(bundle);
    await host.sh(`rm ${fake}`);
    expect(await host.sh("ls -A /opt")).toBe("flower");
    return outcome.stderr;
  }

  it("or one that does not answer, or hides the containerd that has its images, likewise", async () => {
    expect(await saysWith("exit 1")).toMatch(
      /preflight: Docker does not answer on \/var\/run\/docker.sock; look at systemctl status docker/,
    );
    await host.sh("mv /run/containerd/containerd.sock /run/containerd/away.sock");
    const hidden = await saysWith("echo overlayfs");
    await host.sh("mv /run/containerd/away.sock /run/containerd/containerd.sock");

    expect(hidden).toMatch(
      /preflight: Docker keeps its images in containerd, whose socket is not at \/run\/containerd\/containerd.sock; without it containers have no names/,
    );
  });
});

describe("a host whose containers are measured", () => {
  it("serves them by name, on its own address only", async () => {
    expect(await host.install(bundle)).toBe(`ok host=h1 bundle=${bundle.id} changed=3`);

    const series = await seriesOf("flower-clientapp");
    expect(value(series, "container_spec_memory_limit_bytes")).toBe(64 * 1024 * 1024);
    expect(value(series, "container_memory_working_set_bytes")).toBeGreaterThan(4096);
    expect(value(series, "container_network_receive_bytes_total")).toBeGreaterThanOrEqual(0);
    const local = await host.try("curl -fsS --max-time 2 http://127.0.0.1:9102/metrics");
    expect(local.code).not.toBe(0);
  });

  it("has few series for each, with its image and none of its labels", async () => {
    const series = [...(await seriesOf("flower-clientapp")).keys()];

    expect(series.length).toBeLessThanOrEqual(70);
    expect(series.every((name) => name.includes('image="hospital/app:1"'))).toBe(true);
    expect(series.join()).not.toContain("secret");
    const others = await host.sh(
      `curl -fsS http://${host.address}:9102/metrics | grep -c '^container_.*id="/' || true`,
    );
    expect(Number(others), "every cgroup served is that container's").toBe(series.length);
  });

  it("shows a container that starts later, and drops one that ends", async () => {
    await host.sh(start("flower-serverapp"));
    await seriesOf("flower-serverapp");

    await host.sh("docker rm -f flower-serverapp >/dev/null");

    await host.sh(`for i in $(seq 60); do
      curl -fsS http://${host.address}:9102/metrics | grep -q flower-serverapp || exit 0; sleep 0.5
    done; exit 1`);
  });

  it("runs it with one capability, and it can start no other program", async () => {
    const pid = await host.mainPid("cadvisor");

    expect(await host.sh(`sed -n 's/CapEff:\\t//p' /proc/${pid}/status`)).toBe(ONLY_SYSLOG);
    const ps = await host.try(`nsenter --target ${pid} --mount /usr/bin/ps`);
    expect(ps.stderr).toContain("Permission denied");
  });

  it("changes nothing when asked again", async () => {
    const [units, footprint] = [await host.units(), await host.footprint()];

    expect(await host.session(bundle)).toMatchObject({
      stdout: `ok host=h1 bundle=${bundle.id} changed=0\n`,
      stderr: "",
    });

    expect(await host.units()).toBe(units);
    expect(await host.footprint()).toBe(footprint);
  });

  it("starts anew with Docker, whose storage may be another one then", async () => {
    const old = await host.mainPid("cadvisor");
    await host.sh("systemctl restart docker && docker start flower-clientapp");
    await seriesOf("flower-clientapp");
    const restarted = await host.mainPid("cadvisor");
    expect(restarted).not.toBe(old);

    await host.sh("systemctl stop docker.socket docker");
    expect(await host.mainPid("cadvisor")).toBe("0");
    await host.sh("systemctl start docker.socket docker && docker start flower-clientapp");
    await seriesOf("flower-clientapp");
  });

  it("downloads the program, a plain file, where the bundle does not carry it", async () => {
    const sum =
      await host.sh(`mkdir /tmp/www && cp /opt/flower-monitoring/current/bin/cadvisor /tmp/www
      chmod 644 /tmp/www/cadvisor; sha256sum </tmp/www/cadvisor | cut -c1-64
      systemd-run -q --unit=www --working-directory=/tmp/www python3 -m http.server 8099 && sleep 2`);
    const artifacts = { nodeExporter: (await nodeExporter()).path };
    const line = `any ${sum} http://127.0.0.1:8099/cadvisor - bin/cadvisor\n`;
    const downloading = await makeBundle(
      "supernode",
      ({ path, content }) =>
        path === "fetch"
          ? content.toString().replace(/^.* bin\/cadvisor\n/gm, "") + line
          : undefined,
      { flower, artifacts },
    );

    expect(await host.install(downloading)).toContain(`bundle=${downloading.id} changed=1`);

    await seriesOf("flower-clientapp");
    await host.sh("systemctl stop www; rm -r /tmp/www");
  });

  it("is as it was when cAdvisor is removed, and the container still runs", async () => {
    expect(await host.session(bundle, "remove")).toMatchObject({ code: 0, stderr: "" });

    expect(await host.sh("docker inspect -f '{{.State.Running}}' flower-clientapp")).toBe("true");
    expect(await listing()).toBe(before);
  });
});
