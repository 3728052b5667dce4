import type { Fault } from "./faults";

/** What one stand-in GPU is at a moment. Made up, but as a training GPU behaves. */
export interface GpuState {
  /** Does not answer: only events are known of it. */
  lost: boolean;
  busy: boolean;
  temperature: number;
  /** MHz. */
  clock: number;
  /** Watts. */
  power: number;
  /** Joules since the start. */
  energy: number;
  /** Why the clock is held back. */
  reasons: string[];
  /** Seconds held back since the start. */
  heldBack: { thermal: number; power: number };
  /** Uncorrected memory errors. */
  memoryErrors: number;
  /** Codes of XID errors with their times in milliseconds, the oldest first. */
  xids: { at: number; code: number }[];
}

export const MODEL = "Stand-in GPU";
export const DRIVER = "550.54.15";
/** MiB. */
export const MEMORY = { total: 24_576, reserved: 512, busy: 18_000, idle: 600 };
/** Celsius, at which it slows itself down. */
export const SLOWDOWN_TEMPERATURE = 87;
/** Watts. */
export const POWER_LIMIT = 300;

/** A round of training: it computes, then waits for the others. Seconds. */
const ROUND = { length: 60, computing: 45 };
const THERMAL = ["sw_thermal", "hw_thermal", "hw_slowdown"];
const POWER = ["power_cap", "hw_power_brake"];

/** Name of a GPU, the same whenever and wherever it is asked. */
export function uuid(gpu: number): string {
  return `GPU-00000000-0000-4000-8000-${String(gpu).padStart(12, "0")}`;
}

/**
 * @param start milliseconds at which the stand-in was started
 * @param now milliseconds
 */
export function gpuAt(gpu: number, start: number, now: number, faults: readonly Fault[]): GpuState {
  const own = faults.filter((fault) => fault.gpu === gpu && fault.since <= now);
  const of = (kind: string): Fault[] => own.filter((fault) => fault.kind === kind);
  const lost = of("lost");
  const heat = of("heat").at(-1);
  const throttle = of("throttle");
  const seconds = (now - start) / 1000;
  const busy = (seconds + gpu * 7) % ROUND.length < ROUND.computing;
  const temperature = heat === undefined ? (busy ? 64 : 45) : Number(heat.value);
  const hot = temperature >= SLOWDOWN_TEMPERATURE;
  const reasons = [
    ...new Set([
      ...(busy ? [] : ["gpu_idle"]),
      ...(hot ? ["hw_thermal"] : []),
      ...throttle.map(({ value }) => value),
    ]),
  ];
  const since = (kinds: string[], extra?: Fault): number =>
    [...throttle.filter(({ value }) => kinds.includes(value)), ...(extra ? [extra] : [])]
      .map((fault) => (now - fault.since) / 1000)
      .reduce((most, one) => Math.max(most, one), 0);
  const slow = reasons.some((reason) => reason !== "gpu_idle");
  return {
    lost: lost.length > 0,
    busy,
    temperature,
    clock: slow ? 600 : busy ? 1_725 : 210,
    power: slow ? 140 : busy ? 250 : 55,
    energy: energy(seconds),
    reasons,
    heldBack: { thermal: since(THERMAL, hot ? heat : undefined), power: since(POWER) },
    memoryErrors: of("ecc").length,
    xids: [
      ...of("xid").map(({ since: at, value }) => ({ at, code: Number(value) })),
      ...of("ecc").map(({ since: at }) => ({ at, code: 48 })),
      ...lost.map(({ since: at }) => ({ at, code: 79 })),
    ].sort((a, b) => a.at - b.at),
  };
}

/** Only ever grows, as the counter it becomes must; faults are left out of it. */
function energy(seconds: number): number {
  const rounds = Math.floor(seconds / ROUND.length);
  const rest = seconds - rounds * ROUND.length;
  const computing = rounds * ROUND.computing + Math.min(rest, ROUND.computing);
  return computing * 250 + (seconds - computing) * 55;
}
