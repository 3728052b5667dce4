import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import type { ArtifactsConfig, FlowerConfig } from "../../components/config/schema";
import { hostBundle, type HostBundle } from "../../components/host-bundle";
import { scrapeTargets } from "../../components/render/scrape-targets";
import { versions } from "../../components/versions";

const directory = mkdtempSync(join(tmpdir(), "host-bundle-cadvisor-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** As much of a program as the bundle looks at: an ELF header for the machine. */
function elf(name: string, machine: number): string {
  const content = Buffer.alloc(64);
  content.write("\x7fELF", "latin1");
  content.writeUInt16LE(machine, 18);
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const carried = { nodeExporter: elf("node_exporter", 0x3e), cadvisor: elf("cadvisor", 0x3e) };

const flower: FlowerConfig = {
  runtime: "container",
  hook: false,
  containerMetrics: true,
  restart: [],
};

function bundle(artifacts: ArtifactsConfig = carried, containerMetrics = true): HostBundle {
  return hostBundle({
    role: "supernode",
    federation: "demo",
    context: CONTEXT_DEFAULTS,
    flower: { ...flower, containerMetrics },
    artifacts,
  });
}

function fileIn({ files }: HostBundle, path: string): string {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`the bundle has no ${path}`);
  return file.content.toString();
}

const unit = (of: HostBundle) => fileIn(of, "units/flower-monitoring-cadvisor.service");

describe("cAdvisor in a bundle", () => {
  it("is there, and scraped, only on a host whose containers are measured", () => {
    const paths = (of: HostBundle) => of.files.map(({ path }) => path);

    expect(paths(bundle()).filter((path) => path.includes("cadvisor"))).toEqual([
      "parts/cadvisor.sh",
      "units/flower-monitoring-cadvisor.service",
    ]);
    expect(fileIn(bundle(), "fetch")).toMatch(/^amd64 [0-9a-f]{64} - - bin\/cadvisor$/m);
    expect(paths(bundle(carried, false)).join()).not.toContain("cadvisor");
    const host = { name: "n", role: "supernode", address: "10.0.0.21", labels: {} } as const;
    const jobs = (of?: FlowerConfig) =>
      scrapeTargets(
        { ...host, ...(of === undefined ? {} : { flower: of }) },
        { federation: "demo", context: CONTEXT_DEFAULTS },
      ).map(({ job, targets }) => `${job} ${targets.join()}`);
    expect(jobs(flower)).toEqual(["node 10.0.0.21:9100", "cadvisor 10.0.0.21:9102"]);
    expect(jobs({ ...flower, containerMetrics: false })).toEqual(["node 10.0.0.21:9100"]);
    expect(jobs()).toEqual(["node 10.0.0.21:9100"]);
  });

  it("restarts alone when its program changes", () => {
    const hashes = (of: HostBundle) => fileIn(of, "parts.list").trim().split("\n");
    const [node, before] = hashes(bundle());
    const other = elf("other", 0x3e);
    writeFileSync(other, "newer", { flag: "a" });

    const [sameNode, after] = hashes(bundle({ ...carried, cadvisor: other }));

    expect(sameNode).toBe(node);
    expect(before).toMatch(/^cadvisor [0-9a-f]{64} 9102 cadvisor_version_info$/);
    expect(after).not.toBe(before);
  });

  it("listens on the host's address only, takes few metrics and no labels of containers", () => {
    const start = /ExecStart=(.*\\\n)*.*/.exec(unit(bundle()))?.[0] ?? "";

    expect(start).toContain("--listen_ip=${FM_LISTEN} \\\n  --port=9102");
    expect(start).toContain("--docker_only=true");
    expect(start).toContain("--store_container_labels=false");
    expect(/--enable_metrics=(\S+)/.exec(start)?.[1]?.split(",")).not.toContain("disk");
  });

  it("runs with one capability, starts nothing else and gives way to training", () => {
    const text = unit(bundle());

    expect(text).not.toMatch(/@[A-Z]+@/);
    expect(text.match(/^(Ambient)?Capabilit.*$/gm)).toEqual([
      "CapabilityBoundingSet=CAP_SYSLOG",
      "AmbientCapabilities=",
    ]);
    for (const line of ["NoExecPaths=/", "ProtectSystem=strict", "MemoryMax=256M", "Nice=10"]) {
      expect(text.split("\n")).toContain(line);
    }
  });

  it("is downloaded where it is not carried, on amd64 with the checksum of the release", () => {
    const { nodeExporter } = carried;
    const lines = fileIn(bundle({ nodeExporter }), "fetch");
    const line = lines
      .split("\n")
      .filter((each) => each.includes("cadvisor"))
      .join("\n");

    expect(line).toMatch(
      /^amd64 [0-9a-f]{64} https:\/\/github.com\/google\/cadvisor\/\S+-linux-amd64 - bin\/cadvisor$/,
    );
    const need = (of: HostBundle) =>
      Number(/FM_NEED_KIB=(\d+)/.exec(fileIn(of, "bundle.env"))?.[1]);
    expect(need(bundle({}))).toBeGreaterThan(need(bundle({ nodeExporter })));
    expect(need(bundle({ nodeExporter }))).toBeGreaterThan(need(bundle()));
  });

  it("is for the same architecture as everything else that is carried", () => {
    const arm = elf("arm", 0xb7);

    expect(fileIn(bundle({ cadvisor: arm }), "bundle.env")).toContain("FM_ARCH=arm64\n");
    expect(() => bundle({ ...carried, cadvisor: arm })).toThrow(
      /artifacts: the binaries are for amd64 and arm64; .* for the same/,
    );
    expect(() => bundle({ cadvisor: "/none" })).toThrow(/artifacts.cadvisor: cannot read \/none/);
  });
});

describe("the recorded scrape of cAdvisor", () => {
  const lines = readFileSync(join(__dirname, "../fixtures/scrapes/cadvisor.txt"), "utf8").split(
    "\n",
  );
  const samples = lines.filter((line) => line !== "" && !line.startsWith("#"));

  it("is of the pinned version, and has as many series as docs/compatibility.md says", () => {
    expect(lines.join("\n")).toContain(`cadvisorVersion="v${versions.cadvisor}"`);
    expect(samples.filter((line) => line.includes('name="flower-clientapp"'))).toHaveLength(62);
  });

  it("has each group of metrics that the unit asks for, and the identity of no machine", () => {
    for (const group of ["cpu", "memory", "network", "fs", "oom_events", "pressure"]) {
      expect(
        samples.some((line) => line.startsWith(`container_${group}_`)),
        group,
      ).toBe(true);
    }
    expect(lines.join("\n")).not.toMatch(/(machine_id|system_uuid|boot_id)="[^"]/);
  });
});
