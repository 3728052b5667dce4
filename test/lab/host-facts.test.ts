import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../components/render/shell";
import { FLOWER, makeBundle, type TestBundle } from "./host-bundles.kit";
import { drift, facts, metric } from "./host-drift.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

const MEMORY = "/var/lib/flower-monitoring/facts";

/** A part that runs in a container, as the release names it, and writes one metric. */
const CONTAINER = "flower-monitoring-sidecar";
const IMAGE = "sidecar:1";
const UNIT = `[Service]
ExecStartPre=-/usr/bin/docker rm -f ${CONTAINER}
ExecStart=/usr/bin/docker run --rm --name ${CONTAINER} --volume /usr:/usr:ro \\
  --volume /var/lib/flower-monitoring/textfile:/textfile ${IMAGE} \\
  /usr/bin/sh -c 'while sleep 1; do echo sidecar_up 1 > /textfile/sidecar.prom; done'
ExecStop=-/usr/bin/docker rm -f ${CONTAINER}
[Install]
WantedBy=multi-user.target
`;

/** Images with nothing in them but their name; programs and libraries are the host's. */
const images = (...tags: string[]): string =>
  `mkdir -p /run/image/textfile && cd /run/image
for link in bin lib lib64; do ln -sf usr/$link $link; done
for tag in ${tags.join(" ")}; do
  echo "$tag" > name
  tar -c . | docker import - "$tag" >/dev/null
done`;

describe("facts of a host with GPUs and containers", () => {
  let host: TestHost;
  let bundle: TestBundle;

  beforeAll(async () => {
    host = await TestHost.start();
    await host.sh(images(IMAGE, "mine:1"));
    await host.sh(
      "openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -out /etc/ca.crt -days 30 -subj /CN=x 2>/dev/null",
    );
    bundle = await makeBundle(
      "supernode",
      ({ path, content }) =>
        path === "parts.list"
          ? `${content.toString()}sidecar ${sha256(UNIT)} - sidecar_up\n`
          : undefined,
      { flower: { ...FLOWER, certificates: ["/etc/ca.crt", "/etc/none.crt"] } },
      [
        { path: `units/${CONTAINER}.service`, mode: 0o644, content: Buffer.from(UNIT) },
        { path: "parts/sidecar.sh", mode: 0o644, content: Buffer.from("") },
        { path: "containers.list", mode: 0o644, content: Buffer.from(`sidecar ${IMAGE}\n`) },
      ],
    );
    await host.install(bundle);
  }, IMAGE_MILLISECONDS);

  afterAll(() => TestHost.stopAll());

  const running = () => host.sh(`docker inspect -f '{{.Image}}' ${CONTAINER}`);
  const idOf = (image: string) => host.sh(`docker image inspect -f '{{.Id}}' ${image}`);

  it("has a container that runs the image which the release names", async () => {
    expect(drift(await facts(host))).toEqual([]);
    expect(await running()).toBe(await idOf(IMAGE));
  });

  it("tells another image under the container's name, and the installer puts the right one back", async () => {
    await host.sh(`systemctl stop ${CONTAINER}
      docker run -d --rm --name ${CONTAINER} --volume /usr:/usr:ro mine:1 /usr/bin/sleep 1000`);
    expect(await running()).toBe(await idOf("mine:1"));

    expect(drift(await facts(host))).toEqual(["sidecar image", "sidecar stopped"]);

    expect(await host.session(bundle)).toMatchObject({ code: 0, stderr: "" });
    expect(drift(await facts(host))).toEqual([]);
    expect(await running()).toBe(await idOf(IMAGE));
  });

  it("tells a name that has come to mean another image, and the installer starts that one", async () => {
    await host.sh(`docker tag mine:1 ${IMAGE}`);
    expect(drift(await facts(host))).toEqual(["sidecar image"]);

    expect(await host.session(bundle)).toMatchObject({ code: 0, stderr: "" });

    expect(drift(await facts(host))).toEqual([]);
    expect(await running()).toBe(await idOf("mine:1"));
  });

  it("waits for no container engine that hangs", async () => {
    await host.sh(
      `printf '#!/bin/sh\\nsleep 100\\n' > /usr/local/bin/docker; chmod 755 /usr/local/bin/docker`,
    );
    const start = Date.now();

    const lines = await facts(host);

    await host.sh("rm /usr/local/bin/docker");
    expect(Date.now() - start).toBeLessThan(20_000);
    expect(drift(lines)).toEqual([]);
    expect(metric(lines, "fact_missing")).toContain(
      '{fact="images",reason="the container engine does not answer"} 1',
    );
  });

  describe("with GPUs", () => {
    /** A stand-in for the driver's tool. What it proves not: that the real one answers like this. */
    const nvidiaSmi = (body: string) =>
      host.sh(`cat > /usr/local/bin/nvidia-smi <<'END'\n#!/bin/sh\n${body}\nEND
        chmod 755 /usr/local/bin/nvidia-smi; rm -f ${MEMORY}/gpus*`);
    const gpus = (lines: string[]) => [...metric(lines, "gpus"), ...metric(lines, "gpu_info")];

    afterEach(() => host.sh(`rm -f /usr/local/bin/nvidia-smi ${MEMORY}/gpus*`));

    it("says nothing of them where there is no nvidia-smi", async () => {
      expect(gpus(await facts(host))).toEqual([]);
    });

    it("tells each GPU and how many there are, and asks once in five minutes", async () => {
      await nvidiaSmi(`echo "$*" >> /run/asked
cat <<'CSV'
0, GPU-aaaa, NVIDIA "H100" 80GB HBM3, 550.54.15
1, GPU-bbbb, NVIDIA H100 80GB HBM3, 550.54.15
CSV`);
      // What was found is told at the next run.
      await facts(host);
      const lines = await facts(host);

      expect(gpus(lines)).toEqual([
        "2",
        '{driver_version="550.54.15",gpu="0",name="NVIDIA \\"H100\\" 80GB HBM3",uuid="GPU-aaaa"} 1',
        '{driver_version="550.54.15",gpu="1",name="NVIDIA H100 80GB HBM3",uuid="GPU-bbbb"} 1',
      ]);
      const query = "--query-gpu=index,uuid,name,driver_version --format=csv,noheader";
      expect(await host.sh("cat /run/asked")).toBe(query);
      await host.sh(`touch -d '6 minutes ago' ${MEMORY}/gpus`);
      await facts(host);
      expect(await host.sh("cat /run/asked")).toBe(`${query}\n${query}`);
      await record(host, bundle);
    });

    it.each([
      ["hangs", "trap '' TERM; sleep 100", "nvidia-smi did not answer in 8 s"],
      ["fails", "echo broken; exit 9", "nvidia-smi failed"],
    ])("says so where nvidia-smi %s, and tells the rest in time", async (_how, body, reason) => {
      await nvidiaSmi(body);
      await facts(host);
      const lines = await facts(host);

      expect(gpus(lines)).toEqual([]);
      expect(metric(lines, "fact_missing")).toContain(`{fact="gpus",reason="${reason}"} 1`);
      expect(metric(lines, "part_up")).toHaveLength(3);
    });

    it("does not ask again while one hangs that cannot be killed", async () => {
      await nvidiaSmi("echo asked >> /run/again");
      // What a run leaves that systemd had to end in the middle.
      await host.sh(`touch ${MEMORY}/gpus.asked`);

      const lines = await facts(host);

      expect(metric(lines, "fact_missing")).toContain(
        '{fact="gpus",reason="nvidia-smi hangs and cannot be killed"} 1',
      );
      expect(await host.sh("ls /run/again 2>&1 || true")).toContain("No such file");
    });
  });

  it("leaves nothing when all is taken away", async () => {
    expect(await host.session(bundle, "remove")).toMatchObject({ code: 0, stderr: "" });
    const left = "ls -A /opt /etc/systemd/system /var/lib /run | grep flower || true";
    expect(await host.sh(left)).toBe("flower");
  });
});

/** RECORD_SCRAPES=1 records what a host that differs serves; see test/fixtures/scrapes. */
async function record(host: TestHost, bundle: TestBundle): Promise<void> {
  if (process.env["RECORD_SCRAPES"] !== "1") return;
  await host.sh(`systemctl stop ${CONTAINER}`);
  const lines = await facts(host);
  const file = resolve(__dirname, "../fixtures/scrapes/host-facts.txt");
  writeFileSync(file, `${lines.join("\n")}\n`);
  await host.session(bundle);
}
