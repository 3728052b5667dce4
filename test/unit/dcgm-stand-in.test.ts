import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { readCounters } from "../../lab/dcgm/counters";
import { inject, readFaults } from "../../lab/dcgm/faults";
import { readOptions } from "../../lab/dcgm/options";
import { renderMetrics } from "../../lab/dcgm/render";
import { servable } from "../../lab/dcgm/server";
import { DCGM_SCRAPE, dcgmScrape } from "../support/dcgm-scrape";

const directory = mkdtempSync(join(tmpdir(), "dcgm-stand-in-"));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, "faults");
beforeEach(() => inject(["clear"], file));

const host = (path: string): string =>
  readFileSync(join(__dirname, "../../host/dcgm", path), "utf8");
const COUNTERS = readCounters(host("counters.csv") + host("profiling.csv"));

const START = 1_700_000_000_000;
const SECOND = 1000;

/** /metrics, so many seconds after the start. */
function metrics(seconds = 90): string {
  const options = { gpus: 2, hostname: "node-1", interval: 10_000 };
  return renderMetrics(
    COUNTERS,
    options,
    { start: START, now: START + seconds * SECOND },
    readFaults(file),
  );
}

/** Value of the one series of GPU 0 or 1 that has these words in its labels. */
function value(text: string, name: string, gpu: number, ...words: string[]): number | undefined {
  const lines = text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{gpu="${gpu}",`))
    .filter((line) => words.every((word) => line.includes(word)));
  expect(lines.length).toBeLessThan(2);
  return lines[0] === undefined ? undefined : Number(lines[0].split("} ")[1]);
}

const fault = (words: string, seconds: number): void =>
  inject(words.split(" "), file, START + seconds * SECOND);

describe("the DCGM stand-in", () => {
  it("serves our counters in the real exporter's form, and says what it is", () => {
    const text = metrics();

    expect(text).toContain(
      "# HELP DCGM_FI_DEV_GPU_TEMP Temperature of the GPU (in C)\n# TYPE DCGM_FI_DEV_GPU_TEMP gauge\n" +
        'DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-00000000-0000-4000-8000-000000000000",' +
        'pci_bus_id="00000000:01:00.0",device="nvidia0",modelName="Stand-in GPU",Hostname="node-1",' +
        'DCGM_FI_DRIVER_VERSION="550.54.15"} ',
    );
    for (const { name, type } of COUNTERS) {
      if (type === "label") expect(text).not.toContain(`# TYPE ${name}`);
      else expect(text).toContain(`# TYPE ${name} ${type}\n${name}{gpu="0",`);
    }
    expect(value(text, "DCGM_FI_DEV_XID_ERRORS", 0, 'err_code="0",err_msg="No Error"')).toBe(0);
    // Nothing was counted: 0, and no code.
    expect(text).toMatch(/^DCGM_EXP_XID_ERRORS_COUNT\{.*window_size_in_ms="300000"\} 0$/m);
    expect(text).not.toContain('xid="');
  });

  it("still serves what was recorded for the rules and dashboards", () => {
    expect(dcgmScrape()).toBe(readFileSync(DCGM_SCRAPE, "utf8"));
  });

  it("refuses counters that it does not know, as the real one does", () => {
    expect(() => readCounters("# c\nDCGM_FI_DEV_GPU_TMP, gauge, x\n")).toThrow(
      "line 2 of the counters: could not find DCGM field DCGM_FI_DEV_GPU_TMP",
    );
    expect(() => readCounters("DCGM_FI_DEV_GPU_TEMP, gauge, a, b")).toThrow("expected 3 fields");
    expect(() => readCounters("DCGM_FI_DEV_GPU_TEMP, guage, a")).toThrow("metric type 'guage'");
  });

  it("has profiling counters only with SYS_ADMIN", () => {
    const names = (status: string): string[] => servable(COUNTERS, status).map(({ name }) => name);

    expect(names("CapEff:\t0000000000200000\n")).toContain("DCGM_FI_PROF_SM_ACTIVE");
    expect(names("CapEff:\t00000000a80425fb\n").join()).not.toContain("_PROF_");
    expect(names("CapEff:\t0000000000000000\n")).toContain("DCGM_FI_DEV_GPU_TEMP");
  });

  it("trains: it is busy for most of a round, and its counters only grow", () => {
    const [busy, idle] = [metrics(70), metrics(115)];

    expect(value(busy, "DCGM_FI_DEV_GPU_UTIL", 0)).toBeGreaterThan(50);
    expect(value(idle, "DCGM_FI_DEV_GPU_UTIL", 0)).toBe(0);
    const energy = [0, 30, 59, 60, 61, 300, 3600].map((seconds) =>
      value(metrics(seconds), "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", 1),
    );
    expect(energy).toEqual([...energy].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(new Set(energy).size).toBe(energy.length);
  });
});

describe("a fault of the DCGM stand-in", () => {
  it("is an XID error: counted for five minutes, and remembered as the last one", () => {
    fault("xid 1 31", 80);
    fault("xid 1 31", 85);
    fault("xid 1 13", 86);

    expect(value(metrics(90), "DCGM_EXP_XID_ERRORS_COUNT", 1, 'xid="31"')).toBe(2);
    expect(value(metrics(90), "DCGM_EXP_XID_ERRORS_COUNT", 1, 'xid="13"')).toBe(1);
    expect(value(metrics(90), "DCGM_EXP_XID_ERRORS_COUNT", 0)).toBe(0);
    expect(value(metrics(400), "DCGM_EXP_XID_ERRORS_COUNT", 1)).toBe(0);
    expect(value(metrics(400), "DCGM_FI_DEV_XID_ERRORS", 1, "Graphics Engine Exception")).toBe(13);
  });

  it("is heat: above its limit the GPU slows down, which is counted and timed", () => {
    fault("heat 0 95", 60);
    const text = metrics(90);

    expect(value(text, "DCGM_FI_DEV_GPU_TEMP", 0)).toBe(95);
    expect(value(text, "DCGM_FI_DEV_SM_CLOCK", 0)).toBe(600);
    expect(value(text, "DCGM_FI_DEV_THERMAL_VIOLATION", 0)).toBe(30e9);
    expect(value(text, "DCGM_EXP_CLOCK_EVENTS_COUNT", 0, 'clock_event="hw_thermal"')).toBe(4);
    expect(value(text, "DCGM_EXP_GPU_HEALTH_STATUS", 0, '"THERMAL"')).toBe(10);
    expect(value(text, "DCGM_FI_DEV_GPU_TEMP", 1)).toBeLessThan(70);
  });

  it("is throttling for a reason", () => {
    fault("throttle 0 power_cap", 60);
    const text = metrics(90);

    expect(value(text, "DCGM_FI_DEV_POWER_VIOLATION", 0)).toBe(30e9);
    expect(value(text, "DCGM_FI_DEV_THERMAL_VIOLATION", 0)).toBe(0);
    expect(value(text, "DCGM_EXP_CLOCK_EVENTS_COUNT", 0, "power_cap")).toBe(4);
  });

  it("is a memory error: uncorrected, its row waits for a reset, and DCGM calls it a failure", () => {
    fault("ecc 0", 60);
    const text = metrics(90);

    expect(value(text, "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL", 0)).toBe(1);
    expect(value(text, "DCGM_FI_DEV_ROW_REMAP_PENDING", 0)).toBe(1);
    expect(value(text, "DCGM_EXP_GPU_HEALTH_STATUS", 0, 'health_watch="MEM"')).toBe(20);
    expect(value(text, "DCGM_EXP_XID_ERRORS_COUNT", 0, 'xid="48"')).toBe(1);
  });

  it("is a lost GPU: its series end, and only events and health still know it", () => {
    fault("lost 1", 60);
    const text = metrics(90);

    expect(value(text, "DCGM_FI_DEV_GPU_UTIL", 1)).toBeUndefined();
    expect(value(text, "DCGM_FI_DEV_GPU_UTIL", 0)).toBeDefined();
    expect(value(text, "DCGM_EXP_XID_ERRORS_COUNT", 1, 'xid="79"')).toBe(1);
    expect(value(text, "DCGM_EXP_GPU_HEALTH_STATUS", 1, '"ALL"')).toBe(20);
  });

  it("is taken away again, and refused when it is none", () => {
    fault("heat 0 95", 60);
    fault("clear", 61);
    expect(value(metrics(), "DCGM_FI_DEV_GPU_TEMP", 0)).toBeLessThan(70);

    for (const words of ["melt 0 1", "heat 0", "heat x 90", "throttle 0 tired", "lost 0 1", ""]) {
      expect(() => fault(words, 60)).toThrow(/allowed:\ndcgm-fault heat GPU DEGREES/);
    }
    expect(readFaults(file)).toEqual([]);
  });
});

describe("the DCGM stand-in's options", () => {
  const GPU = { NVIDIA_VISIBLE_DEVICES: "all" };

  it("are the real exporter's, by flag or by variable", () => {
    const flags = ["-f", "/c.csv", "--collect-interval", "10000", "-a", ":9401"];
    expect(readOptions(flags, { ...GPU, NODE_NAME: "n" })).toEqual({
      collectors: "/c.csv",
      address: ":9401",
      interval: 10_000,
      hostname: "n",
      gpus: 2,
    });
    const env = { ...GPU, DCGM_EXPORTER_COLLECTORS: "/d.csv", DCGM_EXPORTER_LISTEN: "[::1]:1" };
    expect(readOptions([], env)).toMatchObject({ collectors: "/d.csv", address: "[::1]:1" });
  });

  it("are refused when unknown, and nothing starts without GPUs", () => {
    expect(() => readOptions(["--kubernetes"], GPU)).toThrow("--kubernetes");
    expect(() => readOptions(["-c", "often"], GPU)).toThrow('"often" for collect-interval');
    expect(() => readOptions([], {})).toThrow("was it run with --gpus all?");
  });
});
