import { execFileSync } from "node:child_process";
import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import type { FlowerConfig } from "../../components/config/schema";
import { cachedBundle, hostBundle, writeBundle } from "../../components/host-bundle";
import type { HostBundle, HostBundleSpec } from "../../components/host-bundle";

const directory = mkdtempSync(join(tmpdir(), "host-bundle-"));
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

const nodeExporter = elf("node_exporter", 0x3e);
const wheels = join(directory, "wheels");
execFileSync("mkdir", [wheels]);
/** A SuperNode that said nothing of Flower. */
const bare = { role: "supernode", flower: undefined } as const;
const wheel = "prometheus_client-0.26.0-py3-none-any.whl";
writeFileSync(join(wheels, wheel), "wheel");

const flower: FlowerConfig = {
  python: "/opt/flower/bin/python",
  runtime: "venv",
  hook: true,
  restart: [],
  control: { address: "127.0.0.1:8000", caFile: "/etc/flower/ca.crt", insecure: false },
};

function spec(changes: Partial<HostBundleSpec> = {}): HostBundleSpec {
  const artifacts = { nodeExporter, wheels };
  const context = CONTEXT_DEFAULTS;
  return { role: "superlink", federation: "demo", flower, context, artifacts, ...changes };
}

function fileIn(bundle: HostBundle, path: string): string {
  const file = bundle.files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`the bundle has no ${path}`);
  return file.content.toString();
}

const paths = (bundle: HostBundle): string[] => bundle.files.map(({ path }) => path);

/** Exporter name to the hash that decides about its restart. */
function parts(bundle: HostBundle): Record<string, string> {
  const lines = fileIn(bundle, "parts.list").trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(" ").slice(0, 2) as [string, string]));
}

describe("a host bundle", () => {
  it("has the same hash whenever and from whatever file times it is made", () => {
    const first = hostBundle(spec());
    utimesSync(nodeExporter, 1, 1);

    expect(hostBundle(spec()).hash).toBe(first.hash);
  });

  it("is a tar that tar reads: root's files of 1970, programs executable", () => {
    const { tar } = hostBundle(spec(bare));
    const listing = execFileSync("tar", ["-tvf", "-", "--utc", "--numeric-owner"], { input: tar });
    const lines = listing.toString().trim().split("\n");

    expect(lines.every((line) => /^-rw.r-.r-. 0\/0 .* 1970-01-01 00:00 /.test(line))).toBe(true);
    expect(
      lines.filter((line) => line.startsWith("-rwxr-xr-x")).map((line) => line.split(" ").at(-1)),
    ).toEqual(["install.sh"]);
  });

  it("carries the Flower exporter only for the superlink", () => {
    const [superlink, supernode] = [hostBundle(spec()), hostBundle(spec(bare))];

    expect(Object.keys(parts(superlink))).toEqual(["node-exporter", "flower-exporter"]);
    expect(paths(superlink)).toEqual(
      expect.arrayContaining([
        "etc/flower-exporter.json",
        "lib/flower_monitoring/exporter/__main__.py",
        `wheels/${wheel}`,
      ]),
    );
    expect(Object.keys(parts(supernode))).toEqual(["node-exporter"]);
    expect(paths(supernode).filter((path) => /flower-exporter|^lib|^wheels/.test(path))).toEqual(
      [],
    );
  });

  it("tells the exporter where the Control API is, but no address of its own", () => {
    expect(JSON.parse(fileIn(hostBundle(spec()), "etc/flower-exporter.json"))).toEqual({
      control_api: "127.0.0.1:8000",
      federation: "demo",
      ca_file: "/etc/flower/ca.crt",
      insecure: false,
      event_socket: "/run/flower-monitoring-flower-exporter/events.sock",
      state_file: "/var/lib/flower-monitoring/flower-exporter/state.json",
    });
  });

  it("has the Flower exporter at the context's port in all places, or nowhere", () => {
    const at = hostBundle(spec({ context: { ...CONTEXT_DEFAULTS, metricsPort: 9201 } }));
    expect(fileIn(at, "parts.list")).toMatch(/^flower-exporter [0-9a-f]{64} 9201 fl_/m);
    expect(fileIn(at, "units/flower-monitoring-flower-exporter.service")).toContain(
      "FL_EXPORTER_LISTEN=${FM_LISTEN}:9201 ",
    );

    const none = hostBundle(spec({ context: { ...CONTEXT_DEFAULTS, metricsEnabled: false } }));
    expect(Object.keys(parts(none))).toEqual(["node-exporter"]);
    expect(paths(none).filter((path) => /flower-exporter|exporter\/|^wheels/.test(path))).toEqual(
      [],
    );
  });

  it("changes the hash of just the exporter that a setting concerns", () => {
    const before = parts(hostBundle(spec()));
    const moved = { ...flower, control: { address: "127.0.0.1:9000", insecure: true } };
    const after = parts(hostBundle(spec({ flower: moved })));

    expect(after["node-exporter"]).toBe(before["node-exporter"]);
    expect(after["flower-exporter"]).not.toBe(before["flower-exporter"]);
  });

  it("leaves no mark unfilled in a unit", () => {
    const units = hostBundle(spec()).files.filter(({ path }) => path.startsWith("units/"));

    expect(units).toHaveLength(2);
    for (const { content } of units) expect(content.toString()).not.toMatch(/@[A-Z]+@/);
  });

  it("names the architecture of the binary, or none when the host downloads its own", () => {
    const arm = { nodeExporter: elf("arm", 0xb7), wheels };
    const env = (artifacts: HostBundleSpec["artifacts"]) =>
      fileIn(hostBundle(spec({ artifacts })), "bundle.env");

    expect(env({ nodeExporter, wheels })).toContain("FM_ARCH=amd64\n");
    expect(env(arm)).toContain("FM_ARCH=arm64\n");
    expect(env({})).toContain("FM_ARCH=any\n");
  });

  it("pins by checksum what the host is to get itself", () => {
    const empty = hostBundle(spec({ artifacts: {} }));
    const lines = fileIn(empty, "fetch").trim().split("\n");

    expect(lines.map((line) => line.split(" ")[0])).toEqual(["amd64", "arm64"]);
    expect(lines.every((line) => /^\w+ [0-9a-f]{64} https:\S+ \S+ \S+$/.test(line))).toBe(true);
    expect(empty.blobs).toEqual([]);
    expect(fileIn(empty, "requirements.txt")).toMatch(
      /^prometheus_client==[\d.]+ --hash=sha256:[0-9a-f]{64}\n$/,
    );
  });

  it("names what is carried by its checksum, and carries it beside the bundle", () => {
    const bundle = hostBundle(spec());
    const [blob] = bundle.blobs;

    expect(bundle.blobs).toEqual([
      { arch: "amd64", sha256: expect.any(String) as string, content: readFileSync(nodeExporter) },
    ]);
    expect(fileIn(bundle, "fetch")).toBe(`amd64 ${blob?.sha256} - - bin/node_exporter\n`);
    expect(paths(bundle)).not.toContain("bin/node_exporter");
    expect(paths(bundle)).not.toContain("requirements.txt");
  });

  it("refuses an artifact that is no program, and says what to take instead", () => {
    const archive = join(directory, "node_exporter.tar.gz");
    writeFileSync(archive, "\x1f\x8b");

    expect(() => hostBundle(spec({ artifacts: { nodeExporter: archive } }))).toThrow(
      /artifacts.nodeExporter: .*node_exporter.tar.gz is not a Linux program for amd64 or arm64; take/,
    );
    expect(() => hostBundle(spec({ artifacts: { nodeExporter: "/none" } }))).toThrow(
      /artifacts.nodeExporter: cannot read \/none/,
    );
  });

  it("refuses a wheel directory without a pure prometheus_client", () => {
    const empty = mkdtempSync(join(directory, "empty-"));
    const attempt = () => hostBundle(spec({ artifacts: { nodeExporter, wheels: empty } }));

    expect(attempt).toThrow(new RegExp(`has no wheel of prometheus_client; put ${wheel} there`));
    writeFileSync(join(empty, "prometheus_client-0.26.0-cp311-linux_x86_64.whl"), "");
    expect(attempt).toThrow(/is not pure Python/);
  });
});

describe("the cache of bundles", () => {
  it("writes a bundle once, whole, under its hash", () => {
    const cache = join(directory, "cache");
    const bundle = hostBundle(spec(bare));

    const written = writeBundle(bundle, cache);
    const path = join(cache, "bundles", `${bundle.hash}.tar.gz`);
    const { mtimeMs, ino } = statSync(path);
    const again = writeBundle(bundle, cache);

    const [blob] = bundle.blobs;
    expect(again).toEqual(written);
    expect(again).toEqual({
      hash: bundle.hash,
      blobs: [{ arch: "amd64", sha256: blob?.sha256 }],
    });
    expect(statSync(path)).toMatchObject({ mtimeMs, ino });
    expect(readdirSync(join(cache, "bundles"))).toEqual([`${bundle.hash}.tar.gz`]);
    expect(readdirSync(join(cache, "blobs"))).toEqual([`${blob?.sha256}.tar.gz`]);
    expect(execFileSync("gzip", ["-dc", path]).equals(bundle.tar)).toBe(true);
  });

  it("writes blobs so that they and the bundle, one after another, are one archive", () => {
    const cache = join(directory, "joined");
    const { hash, blobs } = writeBundle(hostBundle(spec(bare)), cache);
    const files = [join("blobs", `${blobs[0]?.sha256}`), join("bundles", hash)];
    const joined = Buffer.concat(files.map((file) => readFileSync(join(cache, `${file}.tar.gz`))));
    const listed = execFileSync("sh", ["-c", "gzip -dc | tar -tf -"], { input: joined }).toString();

    expect(listed.split("\n")).toEqual(
      expect.arrayContaining([`blobs/${blobs[0]?.sha256}`, "install.sh", "bundle.env"]),
    );
  });

  it("makes it anew in one program run when the artifact has changed", () => {
    process.env["FLOWER_MONITORING_CACHE"] = join(directory, "root");
    const path = elf("changing", 0x3e);
    const changing = spec({ ...bare, artifacts: { nodeExporter: path } });
    const first = cachedBundle(changing);
    expect(cachedBundle(changing)).toBe(first);

    writeFileSync(elf("changing", 0xb7), "", { flag: "a" });
    utimesSync(path, 5, 5);

    expect(cachedBundle(changing).hash).not.toBe(first.hash);
    delete process.env["FLOWER_MONITORING_CACHE"];
  });
});
