import type { AlertGroup, Inventory } from "../rule";
import { SLO_RECORDS } from "../records/slo";
import { tiersOf, windowText, type Tier } from "../slo/burn";
import type { Slo } from "../slo/slo";
import { slos } from "../slo/slos";

/** Alerts on promises that are about to be broken. One alert a promise, whatever tier sees it. */
export function sloAlerts(inventory: Inventory): AlertGroup {
  const { thresholds } = inventory;
  const all = slos(inventory);
  const tiers = all.flatMap((slo) => tiersOf(slo, inventory).map((tier) => ({ slo, tier })));
  const isFast = ({ slo, tier }: Burning): boolean =>
    slo.pages && tier.factor >= thresholds.sloFactorSixHours;
  const fast = tiers.filter(isFast);
  const slow = tiers.filter((one) => !isFast(one));
  const { sloBurnFor, sloBadMinimum, sloNoDataFor, sloNoDataWindow } = thresholds;
  return {
    name: "slo",
    alerts: [
      ...(fast.length === 0
        ? []
        : [
            {
              alert: "SLOBudgetBurnsFast",
              expr: burning(fast, sloBadMinimum),
              for: sloBurnFor,
              severity: "critical" as const,
              summary:
                "{{ $labels.slo }}: the error budget burns {{ $value | humanize }} times as fast as it may",
              description:
                "The promise {{ $labels.slo }} is being broken right now: its error budget burns " +
                "{{ $value | humanize }} times as fast as it may, and is gone long before its window ends. " +
                "What is behind it differs by promise: its runbook has a table.",
              dashboard: "slos",
            },
          ]),
      ...(slow.length === 0
        ? []
        : [
            {
              alert: "SLOBudgetBurnsSlowly",
              expr: burning(slow, sloBadMinimum),
              for: sloBurnFor,
              severity: "warning" as const,
              summary:
                "{{ $labels.slo }}: the error budget burns {{ $value | humanize }} times as fast as it may",
              description:
                "The error budget of the promise {{ $labels.slo }} burns {{ $value | humanize }} times as fast as " +
                "it may: at this pace the promise is broken at the end of its window. What is behind it differs " +
                "by promise: its runbook has a table.",
              dashboard: "slos",
            },
          ]),
      ...(all.length === 0
        ? []
        : [
            {
              alert: "SLONoData",
              expr: [
                SLO_RECORDS.objective,
                "  unless on (federation, slo)",
                `    max_over_time(${SLO_RECORDS.known}[${sloNoDataWindow}])`,
              ].join("\n"),
              for: sloNoDataFor,
              severity: "warning" as const,
              summary: "{{ $labels.slo }} is not measured",
              description:
                `Nothing has been known of the promise {{ $labels.slo }} (objective {{ $value | humanizePercentage }}) ` +
                `for ${sloNoDataWindow}: it is neither kept nor broken. Likely: job {{ $labels.job }} does not ` +
                "serve what it is measured by, or is not scraped.",
              dashboard: "slos",
            },
          ]),
    ],
  };
}

interface Burning {
  slo: Slo;
  tier: Tier;
}

/** The highest burn rate of each promise that is over in both windows of a tier; one bad event is none. */
function burning(all: Burning[], badMinimum: number): string {
  const byTier = new Map<string, { tier: Tier; names: string[] }>();
  for (const { slo, tier } of all) {
    const key = JSON.stringify(tier);
    const { names } = byTier.get(key) ?? { names: [] };
    byTier.set(key, { tier, names: [...names, slo.name] });
  }
  const terms = [...byTier.values()].map(({ tier: { factor, long, short }, names }) => {
    const of = (seconds: number): string =>
      `{slo=~"${names.join("|")}", window="${windowText(seconds)}"}`;
    return [
      `(${SLO_RECORDS.burn}${of(long)} > ${factor}`,
      `    and on (federation, slo) ${SLO_RECORDS.burn}${of(short)} > ${factor}`,
      `    and on (federation, slo) ${SLO_RECORDS.bad}${of(long)} > ${badMinimum - 0.5})`,
    ].join("\n  ");
  });
  return `max by (federation, slo) (\n  ${terms.join("\n  or ")}\n)`;
}
