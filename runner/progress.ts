/** One finished phase, for the summary. */
export interface Timing {
  label: string;
  seconds: number;
  ok: boolean;
}

/** Where and how often progress is printed; tests change it. */
export interface StepOptions {
  /** Milliseconds between two signs of life; default 5,000. */
  heartbeatMs?: number;
  /** How long it usually takes, "about 4 min"; printed at the start. */
  expect?: string;
  /** Takes one line; default is standard error, which leaves standard output to results. */
  print?: (line: string) => void;
}

const finished: Timing[] = [];
const toStderr = (line: string) => void process.stderr.write(`${line}\n`);

/**
 * Runs one phase and shows that it is alive: a line at the start, one every 5 s with the time and
 * the last detail, one at the end. Plain lines, so that a CI log reads like a terminal.
 * @param label what happens, "build pulumi 3.259.0 from Go modules"
 * @param fn the work; it calls `say` with what it is doing right now
 */
export async function step<T>(
  label: string,
  fn: (say: (detail: string) => void) => Promise<T>,
  options: StepOptions = {},
): Promise<T> {
  const print = options.print ?? toStderr;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let detail = "";

  print(`[ .... ] ${label}${options.expect === undefined ? "" : ` (${options.expect})`}`);
  const heartbeat = setInterval(() => {
    const last = detail === "" ? "" : `: ${clip(detail)}`;
    print(`[ ${seconds().toFixed(0).padStart(3)}s ] ${label}${last}`);
  }, options.heartbeatMs ?? 5_000);

  let ok = false;
  try {
    const result = await fn((text) => {
      detail = text;
    });
    ok = true;
    return result;
  } finally {
    clearInterval(heartbeat);
    print(`[ ${ok ? "done" : "FAIL"} ] ${label} (${seconds().toFixed(1)} s)`);
    finished.push({ label, seconds: seconds(), ok });
  }
}

/** Prints one line beside the steps, for what takes no time: a rung that was used, a warning. */
export function note(text: string): void {
  toStderr(`[ note ] ${text}`);
}

/** The phases finished so far in this process, in the order in which they ended. */
export function timings(): readonly Timing[] {
  return [...finished];
}

/** A long detail (a compiler line, a path) would wrap and hide the time before it. */
function clip(detail: string): string {
  const line = detail.replace(/\s+/g, " ").trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
