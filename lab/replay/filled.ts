/** When a Prometheus that plays recorded scrapes has something for every panel. */
import { eventually } from "../observe";
import type { Prometheus } from "../report/prometheus";

/** A promise over the whole of its time: the last thing that comes. */
const KEPT = "(slo:sli:ratio and on (federation, slo, window) slo:objective:ratio)";

/** Seconds that a busy machine may need for it. */
const LONGEST = 120;

export async function untilFilled(prometheus: Prometheus): Promise<void> {
  await eventually(
    "four scrapes of every target, and what is known of a promise",
    LONGEST,
    () =>
      prometheus.instant(`min(count_over_time(up[1m])) >= 4 and on () ${KEPT}`, Date.now() / 1000),
    (series) => series.length > 0,
  );
}

/**
 * The run of which most is known, and its federation, as values of the dashboards' variables. The newest run may
 * have nothing but its start.
 */
export async function fullestRun(prometheus: Prometheus): Promise<Record<string, string>> {
  const [series] = await prometheus.instant(
    'topk(1, count by (run_id, federation) ({__name__=~"fl_.+", run_id!=""}))',
    Date.now() / 1000,
  );
  const { run_id: run = "", federation = "" } = series?.labels ?? {};
  return { run, federation };
}
