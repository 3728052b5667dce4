import { hostsWith, type Inventory } from "../rule";
import { apiSlos } from "./api";
import type { Slo } from "./slo";

const HOUR = 3600;

/** All promises for what is deployed. */
export function slos(inventory: Inventory): Slo[] {
  return [...federationSlos(inventory), ...trainingSlos(inventory), ...apiSlos(inventory)];
}

/** By what the SuperLink tells, without the hook. */
function federationSlos(inventory: Inventory): Slo[] {
  const { thresholds } = inventory;
  if (hostsWith(inventory, "flower").length === 0) return [];
  const superNodes = inventory.hosts.some(({ role }) => role === "supernode");
  const known = "group by (federation) (fl_supernodes)";
  return [
    {
      name: "training_success_rate",
      promise: "runs that end are complete; those that somebody stopped do not count",
      objective: "sloTrainingSuccessObjective",
      window: "sloTrainingSuccessWindow",
      // A run that failed is told by itself; that most of them do is worth a night.
      pages: true,
      job: "flower",
      known: "group by (federation) (fl_runs)",
      measure: {
        kind: "events",
        bad: (range) =>
          `sum by (federation) (increase(fl_runs{status="finished", sub_status="failed"}[${range}]))`,
        total: (range) =>
          `sum by (federation) (increase(fl_runs{status="finished", sub_status=~"completed|failed"}[${range}]))`,
        minimum: thresholds.sloTrainingSuccessRuns,
        rhythm: 2 * HOUR,
      },
    },
    {
      name: "run_progress",
      promise: "runs that go on are not stalled",
      objective: "sloRunProgressObjective",
      window: "sloRunProgressWindow",
      // Each stall has an alert with its cause.
      pages: false,
      job: "flower",
      known: "group by (federation) (fl_runs)",
      measure: {
        kind: "slices",
        good: "1 - avg by (federation) (max by (federation, run_id) (fl_run_stalled))",
      },
    },
    ...(superNodes
      ? [
          {
            name: "client_participation",
            promise: "SuperNodes of the stack are online",
            objective: "sloClientParticipationObjective" as const,
            window: "sloClientParticipationWindow" as const,
            // Each SuperNode that is offline has an alert.
            pages: false,
            job: "flower",
            known,
            measure: {
              kind: "slices" as const,
              // Counted where they are scraped, so that one more changes no rule. A federation may have others.
              good: [
                "clamp_max(",
                "  sum by (federation) (fl_clients_connected)",
                '    / count by (federation) (up{job="node", role="supernode"}),',
                "  1",
                ")",
              ].join("\n"),
            },
          },
        ]
      : []),
    {
      name: "supernode_availability",
      promise: "SuperNodes that have been online stay online",
      objective: "sloSuperNodeAvailabilityObjective",
      window: "sloSuperNodeAvailabilityWindow",
      pages: false,
      job: "flower",
      known,
      measure: {
        kind: "slices",
        // One that is registered and never came has no heartbeat.
        good: "avg by (federation) (fl_supernode_up and fl_supernode_heartbeat_age_seconds)",
      },
    },
    {
      name: "data_freshness",
      promise: "what is known of the federation is of now",
      objective: "sloDataFreshnessObjective",
      window: "sloDataFreshnessWindow",
      // A SuperLink or exporter that is down has an alert.
      pages: false,
      job: "flower",
      known: 'group by (federation) (up{job="flower"})',
      measure: {
        kind: "slices",
        good: [
          "max by (federation) (",
          `    (fl_exporter_up_to_date_seconds <= bool ${thresholds.sloFreshSeconds})`,
          '  or (up{job="flower"} * 0)',
          ")",
        ].join("\n"),
      },
    },
  ];
}

/** By what the hook tells of rounds: only where ServerApps have it. */
function trainingSlos(inventory: Inventory): Slo[] {
  const { thresholds, hosts } = inventory;
  const hooked = hosts.some(
    ({ role, signals }) =>
      role === "superlink" && signals.includes("hook") && signals.includes("flower"),
  );
  if (!hooked) return [];
  const known = "group by (federation) (fl_exporter_replayed == 1)";
  const count = (metric: string, range: string): string =>
    `sum by (federation) (increase(${metric}[${range}]))`;
  const trained = (range: string): string =>
    count('fl_phase_duration_seconds_count{phase="train"}', range);
  const le = `${thresholds.sloRoundSeconds}.0`;
  return [
    {
      name: "round_time",
      promise: "the clients of a round train and answer in time",
      objective: "sloRoundTimeObjective",
      window: "sloRoundTimeWindow",
      pages: false,
      job: "flower",
      known,
      measure: {
        kind: "events",
        bad: (range) =>
          `clamp_min(${trained(range)} - ` +
          `${count(`fl_phase_duration_seconds_bucket{phase="train", le="${le}"}`, range)}, 0)`,
        total: trained,
        minimum: thresholds.sloRoundsMinimum,
        rhythm: HOUR / 2,
      },
    },
    {
      name: "round_participation",
      promise: "clients that are asked in a round answer, and without an error",
      objective: "sloRoundParticipationObjective",
      window: "sloRoundParticipationWindow",
      // A run that most clients fail in wastes the time of all of them.
      pages: true,
      job: "flower",
      known,
      measure: {
        kind: "events",
        bad: (range) => count("fl_clients_failed_total", range),
        total: (range) =>
          "sum by (federation) (\n" +
          `    increase(fl_client_duration_seconds_count[${range}])\n` +
          `  or increase(fl_clients_failed_total[${range}])\n)`,
        minimum: thresholds.sloRepliesMinimum,
        rhythm: HOUR / 2,
      },
    },
  ];
}
