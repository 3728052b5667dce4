/** What a reviewer must look at: queries that Prometheus refused, and those that found nothing. */
import type { DashboardReport } from "./collect";
import { EXPECTED_EMPTY, type ExpectedEmpty } from "./expected-empty";

export interface Finding {
  slug: string;
  panel: string;
  refId: string;
  /** Why it may be so; empty for what nobody has reviewed. */
  because: string;
  /** Prometheus' words, when it refused. */
  error?: string;
}

/** Empty and refused queries of all dashboards, in their order; `reviewed` are expected. */
export function findings(
  reports: readonly DashboardReport[],
  reviewed: readonly ExpectedEmpty[] = EXPECTED_EMPTY,
): Finding[] {
  return reports.flatMap(({ model: { slug }, rows, annotations }) => [
    ...rows
      .flatMap(({ panels }) => panels)
      .flatMap(({ panel: { title }, answers }) =>
        answers
          .filter(({ series }) => series.length === 0)
          .map(({ query: { refId, expr }, error }) =>
            finding(slug, title, refId, reasonFor(slug, title, expr, reviewed), error),
          ),
      ),
    ...annotations
      .filter(({ error }) => error !== undefined)
      .map(({ name, error }) => finding(slug, `annotation ${name}`, "", "", error)),
  ]);
}

function finding(
  slug: string,
  panel: string,
  refId: string,
  because: string,
  error: string | undefined,
): Finding {
  // A refused query has no excuse.
  return error === undefined
    ? { slug, panel, refId, because }
    : { slug, panel, refId, because: "", error };
}

function reasonFor(
  slug: string,
  title: string,
  expr: string,
  reviewed: readonly ExpectedEmpty[],
): string {
  const found = reviewed.find(({ where }) =>
    typeof where === "string" ? where === `${slug}: ${title}` : where.test(expr),
  );
  return found?.because ?? "";
}
