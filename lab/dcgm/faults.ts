import { appendFileSync, readFileSync, rmSync } from "node:fs";

/** In the container's tmpfs: gone with the container, as the real exporter's memory is. */
export const FAULTS_FILE = "/tmp/faults";

/** Reasons for which a GPU slows down, as the real exporter names them. */
export const CLOCK_EVENTS = [
  "gpu_idle",
  "clocks_setting",
  "power_cap",
  "hw_slowdown",
  "sync_boost",
  "sw_thermal",
  "hw_thermal",
  "hw_power_brake",
  "display_clocks",
];

/** What a fault's value may be. */
const KINDS: Record<string, RegExp> = {
  // Degrees Celsius.
  heat: /^\d{1,3}$/,
  throttle: new RegExp(`^(${CLOCK_EVENTS.join("|")})$`),
  // The code; each is an event of its own.
  xid: /^\d{1,3}$/,
  // An uncorrected memory error.
  ecc: /^$/,
  // Fallen off the bus.
  lost: /^$/,
};

export interface Fault {
  /** Milliseconds since 1970. */
  since: number;
  kind: string;
  gpu: number;
  value: string;
}

export const USAGE = `dcgm-fault heat GPU DEGREES | throttle GPU REASON | xid GPU CODE | ecc GPU | lost GPU | clear
REASON: ${CLOCK_EVENTS.join(", ")}`;

/**
 * Adds a fault, in the words of the command line, or takes all away.
 * @throws Error with the usage when it is none
 */
export function inject(words: string[], file = FAULTS_FILE, now = Date.now()): void {
  const [kind = "", gpu = "", value = ""] = words;
  if (kind === "clear" && words.length === 1) return rmSync(file, { force: true });
  const allowed = KINDS[kind];
  if (allowed === undefined || words.length > 3 || !/^\d{1,2}$/.test(gpu) || !allowed.test(value)) {
    throw new Error(`got "${words.join(" ")}"; allowed:\n${USAGE}`);
  }
  appendFileSync(file, `${now} ${kind} ${gpu} ${value}\n`);
}

/** All faults, the oldest first. */
export function readFaults(file = FAULTS_FILE): Fault[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const [since, kind, gpu, value = ""] = line.split(" ");
    if (since === undefined || kind === undefined || gpu === undefined) return [];
    return [{ since: Number(since), kind, gpu: Number(gpu), value }];
  });
}
