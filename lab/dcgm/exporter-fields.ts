/** What the exporter itself makes of DCGM's fields: counts over a window, and DCGM's health checks. */
import type { GpuState } from "./gpu";

/** One series of a GPU: the labels that it has beside the GPU's own, and its value. */
export interface Reading {
  labels: Record<string, string>;
  value: string;
}

/** The GPU now and at the samples of the window. */
export interface Seen {
  now: GpuState;
  /** Milliseconds. */
  at: number;
  samples: GpuState[];
}

/** Milliseconds of the counts, the real exporter's default. */
export const WINDOW = 300_000;

const WATCHES = [
  ...["PCIE", "NVLINK", "PMU", "MCU", "MEM", "SM"],
  ...["INFOROM", "THERMAL", "POWER", "DRIVER", "ALL"],
];

const FIELDS: Record<string, (seen: Seen) => Reading[]> = {
  DCGM_EXP_XID_ERRORS_COUNT: ({ now, at }) =>
    counts(
      "xid",
      now.xids.filter((xid) => xid.at > at - WINDOW).map(({ code }) => String(code)),
    ),
  DCGM_EXP_CLOCK_EVENTS_COUNT: ({ samples }) =>
    counts(
      "clock_event",
      samples.flatMap(({ reasons }) => reasons),
    ),
  DCGM_EXP_GPU_HEALTH_STATUS: ({ now }) => WATCHES.map((watch) => health(watch, now)),
};

export function isExporterField(name: string): boolean {
  return Object.hasOwn(FIELDS, name);
}

export function exporterReadings(name: string, seen: Seen): Reading[] {
  return FIELDS[name]?.(seen) ?? [];
}

/** How often each was seen; one series without the label and with 0 where nothing was. */
function counts(label: string, seen: string[]): Reading[] {
  const window = { window_size_in_ms: String(WINDOW) };
  const all = new Map<string, number>();
  for (const one of seen) all.set(one, (all.get(one) ?? 0) + 1);
  if (all.size === 0) return [{ labels: window, value: "0" }];
  return [...all].map(([one, count]) => ({
    labels: { ...window, [label]: one },
    value: String(count),
  }));
}

function health(watch: string, gpu: GpuState): Reading {
  const [value, code] = incident(watch, gpu) ?? [0, "DCGM_FR_OK"];
  return { labels: { health_watch: watch, health_error_code: code }, value: String(value) };
}

/** 10 is a warning, 20 a failure. */
function incident(watch: string, gpu: GpuState): [10 | 20, string] | undefined {
  switch (watch) {
    case "ALL":
      return gpu.lost ? [20, "DCGM_FR_FALLEN_OFF_BUS"] : undefined;
    case "MEM":
      return gpu.memoryErrors > 0 ? [20, "DCGM_FR_VOLATILE_DBE_DETECTED"] : undefined;
    case "THERMAL":
      return gpu.heldBack.thermal > 0 ? [10, "DCGM_FR_CLOCK_THROTTLE_THERMAL"] : undefined;
    case "POWER":
      return gpu.heldBack.power > 0 ? [10, "DCGM_FR_CLOCK_THROTTLE_POWER"] : undefined;
  }
  return undefined;
}
