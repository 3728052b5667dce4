/**
 * What the DCGM stand-in serves of our counters: two GPUs, one of them with an XID error and throttled
 * for each reason that alerts know.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readCounters } from "../../lab/dcgm/counters";
import { renderMetrics } from "../../lab/dcgm/render";

const COUNTERS = resolve(__dirname, "../../host/dcgm");

export const DCGM_SCRAPE = resolve(__dirname, "../fixtures/scrapes/dcgm-stand-in.txt");

/** The same bytes whenever it is made. */
export function dcgmScrape(): string {
  const csv = ["counters.csv", "profiling.csv"].map((name) =>
    readFileSync(resolve(COUNTERS, name), "utf8"),
  );
  const start = 1_700_000_000_000;
  const at = start + 60_000;
  return renderMetrics(
    readCounters(csv.join("")),
    { gpus: 2, hostname: "supernode-1", interval: 10_000 },
    { start, now: start + 90_000 },
    [
      { since: at, kind: "xid", gpu: 1, value: "31" },
      ...["power_cap", "hw_thermal", "sw_thermal", "hw_power_brake"].map((value) => ({
        ...{ since: at, kind: "throttle", gpu: 1, value },
      })),
    ],
  );
}
