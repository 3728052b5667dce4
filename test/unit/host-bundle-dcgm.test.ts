import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import type { ArtifactsConfig, DcgmConfig, GpuConfig } from "../../components/config/schema";
import { hostBundle, type HostBundle } from "../../components/host-bundle";
import { deterministicTar } from "../../components/render/host-tar";
import { scrapeTargets } from "../../components/render/scrape-targets";

const directory = mkdtempSync(join(tmpdir(), "host-bundle-dcgm-"));
afterAll(() => rmSync(directory, { recursive: true }));

const DCGM: DcgmConfig = {
  image: "registry.example.org/dcgm-exporter:4.5.3-4.8.2-distroless",
  profiling: false,
  unit: "flower-supernode.service",
};

function bundle(gpu?: GpuConfig, artifacts: ArtifactsConfig = {}): HostBundle {
  return hostBundle({
    role: "supernode",
    federation: "demo",
    context: CONTEXT_DEFAULTS,
    artifacts,
    ...(gpu === undefined ? {} : { gpu }),
  });
}

const withDcgm = (changes: Partial<DcgmConfig> = {}, artifacts: ArtifactsConfig = {}): HostBundle =>
  bundle({ dcgm: { ...DCGM, ...changes } }, artifacts);

function fileIn({ files }: HostBundle, path: string): string {
  return files.find((file) => file.path === path)?.content.toString() ?? "";
}

const UNIT = "units/flower-monitoring-dcgm-exporter.service";
const unit = (of: HostBundle): string => fileIn(of, UNIT);
const counters = (of: HostBundle): string => fileIn(of, "etc/dcgm-counters.csv");
const partHash = (of: HostBundle, part: string): string | undefined =>
  new RegExp(`^${part} (\\w+)`, "m").exec(fileIn(of, "parts.list"))?.[1];

/** The options that the container gets, one a line in the unit. */
function options(of: HostBundle): string[] {
  return [...unit(of).matchAll(/^ {2}(--\S+)/gm)].map(([, option = ""]) => option);
}

describe("the DCGM exporter in a bundle", () => {
  it("is there where the host has GPUs and the exporter, and nowhere else", () => {
    const files = (of: HostBundle): string[] =>
      of.files.map(({ path }) => path).filter((path) => /dcgm|containers.list/.test(path));

    expect(files(bundle())).toEqual([]);
    expect(files(bundle({}))).toEqual([]);
    expect(files(withDcgm()).sort()).toEqual(
      ["containers.list", "etc/dcgm-counters.csv", "parts/dcgm-exporter.sh", UNIT].sort(),
    );
    expect(fileIn(withDcgm(), "containers.list")).toBe(`dcgm-exporter ${DCGM.image}\n`);
  });

  it("is the one part that a host can do without", () => {
    const lines = fileIn(withDcgm(), "parts.list").trim().split("\n");

    expect(lines.map((line) => line.split(" ").slice(2))).toEqual([
      ["9100", "node_exporter_build_info"],
      ["9400", "DCGM_FI_DEV_GPU_TEMP", "optional"],
      ["-", "flower_monitoring_facts_timestamp_seconds"],
    ]);
  });

  it("runs without capabilities and without new privileges", () => {
    expect(options(withDcgm())).toEqual([
      "--publish=${FM_LISTEN}:9400:9400",
      "--hostname=${FM_HOST}",
      "--gpus=all",
      "--cap-drop=ALL",
      "--security-opt=no-new-privileges",
      "--security-opt=label=disable",
      "--read-only",
      "--tmpfs=/tmp:size=16m",
      "--volume=/var/lib/flower-monitoring/dcgm-exporter/counters.csv:/etc/dcgm-exporter/flower-monitoring.csv:ro",
      "--memory=512m",
      "--memory-swap=512m",
      "--pids-limit=256",
      "--cpu-shares=102",
      "--oom-score-adj=500",
      "--env=GOMAXPROCS=2",
      "--log-driver=none",
    ]);
    expect(unit(withDcgm())).toContain(` ${DCGM.image} \\\n`);
  });

  it("has SYS_ADMIN for profiling metrics, and they are not there without it", () => {
    const profiling = withDcgm({ profiling: true });
    const plain = options(withDcgm());

    expect(options(profiling)).toEqual(
      plain.map((option) =>
        option === "--security-opt=no-new-privileges" ? "--cap-add=SYS_ADMIN" : option,
      ),
    );
    expect(counters(profiling)).toMatch(/^DCGM_FI_PROF_SM_ACTIVE, gauge, /m);
    expect(counters(withDcgm())).not.toContain("DCGM_FI_PROF_");
    expect(counters(profiling).startsWith(counters(withDcgm()))).toBe(true);
  });

  it("is a sidecar of the SuperNode's unit, whatever its name", () => {
    const text = unit(withDcgm({ unit: "supernode@1%.service" }));

    expect(text).toMatch(/^PartOf=supernode@1%%.service$/m);
    expect(text).toMatch(/^After=supernode@1%%.service docker.service /m);
    expect(text).toMatch(/^WantedBy=multi-user.target supernode@1%%.service$/m);
    expect(text).not.toMatch(/@[A-Z]+@/);
  });

  it("starts anew for another image, other counters or another unit, and nothing else does", () => {
    const one = withDcgm();
    const node = partHash(one, "node-exporter");

    for (const change of [{ image: "x/y:4.6" }, { profiling: true }, { unit: "a.service" }]) {
      const other = withDcgm(change);
      expect(partHash(other, "dcgm-exporter")).not.toBe(partHash(one, "dcgm-exporter"));
      expect(partHash(other, "node-exporter")).toBe(node);
    }
  });

  it("is a scrape target of its own job", () => {
    const host = { name: "n", role: "supernode", address: "10.0.0.21", labels: {} } as const;
    const config = { federation: "demo", context: CONTEXT_DEFAULTS };
    const jobs = (gpu: GpuConfig): string[] =>
      scrapeTargets({ ...host, gpu }, config).flatMap(({ job, targets }) => [job, ...targets]);

    expect(jobs({ dcgm: DCGM })).toEqual(["node", "10.0.0.21:9100", "dcgm", "10.0.0.21:9400"]);
    expect(jobs({})).toEqual(["node", "10.0.0.21:9100"]);
  });
});

/** An archive as `docker save` writes it, as far as it is looked at. */
function archive(name: string, tags: string[] | null): string {
  const manifest = Buffer.from(JSON.stringify([{ Config: "c.json", RepoTags: tags, Layers: [] }]));
  const files = [
    { path: "layer.tar", content: Buffer.alloc(700) },
    { path: "manifest.json", content: manifest },
  ];
  const path = join(directory, name);
  writeFileSync(path, deterministicTar(files.map((file) => ({ ...file, mode: 0o644 as const }))));
  return path;
}

describe("an image to carry", () => {
  const carried = (dcgmImage: string, image = DCGM.image): Buffer | undefined =>
    withDcgm({ image }, { dcgmImage }).blobs.find(({ arch }) => arch === "any")?.content;

  it("comes as it is, and another one under the same name is another part", () => {
    const [one, two] = [archive("one.tar", [DCGM.image]), archive("two.tar", ["x:1", DCGM.image])];

    expect(carried(one)).toEqual(readFileSync(one));
    expect(fileIn(withDcgm({}, { dcgmImage: one }), "fetch")).toMatch(
      /^any [0-9a-f]{64} - - images\/dcgm-exporter\.tar$/m,
    );
    const hash = (dcgmImage: string) => partHash(withDcgm({}, { dcgmImage }), "dcgm-exporter");
    expect(hash(one)).not.toBe(hash(two));
  });

  it("may be compressed: the host looks into that", () => {
    const path = join(directory, "image.tar.gz");
    writeFileSync(path, gzipSync(Buffer.from("whatever")));

    expect(carried(path)).toBeDefined();
  });

  it("is known by the short names that Docker saves its hub's images under", () => {
    expect(
      carried(archive("hub.tar", ["nvidia/dcgm:4.5"]), "docker.io/nvidia/dcgm:4.5"),
    ).toBeDefined();
    expect(
      carried(archive("library.tar", ["dcgm:4.5"]), "docker.io/library/dcgm:4.5"),
    ).toBeDefined();
    expect(
      carried(archive("local.tar", ["localhost/dcgm:4.5"]), "localhost/dcgm:4.5"),
    ).toBeDefined();
  });

  it("is refused when it is another image, or none, with what to do", () => {
    const text = join(directory, "notes.txt");
    writeFileSync(text, "x".repeat(2000));

    expect(() => carried(archive("other.tar", ["nvidia/cuda:13"]))).toThrow(
      /artifacts.dcgmImage: .*other.tar has nvidia\/cuda:13, and hosts are to run registry.*; save that one, or set/,
    );
    expect(() => carried(archive("bare.tar", null))).toThrow(/has no tagged image/);
    expect(() => carried(text)).toThrow(/is no archive of an image; make one with docker save/);
  });
});
