import { run } from "./select";

const RUN = "federation, run_id";

/** Adds what the run is. `federation` of fl_run_info itself is Flower's name, which Prometheus puts aside. */
const described = (expr: string): string =>
  `max by (${RUN}, app, strategy) (${expr} * on (${RUN}) group_left (app, strategy) ${run("fl_run_info")})`;

/** Numbers of the phases, so that a run has one row and one state. */
export const PHASES = {
  configure_train: 1,
  train: 2,
  aggregate_train: 3,
  configure_evaluate: 4,
  evaluate: 5,
  aggregate_evaluate: 6,
  central_evaluate: 7,
} as const;

/** Training, run by run; nothing is added up over runs. */
export const runQueries = {
  status: () => `max by (${RUN}) (${run("fl_training_status")})`,
  statusDescribed: () => described(run("fl_training_status")),
  roundDescribed: () => described(`max by (${RUN}) (${run("fl_round_current")})`),
  roundsDescribed: () => described(`max by (${RUN}) (${run("fl_round_total")})`),
  startedDescribed: () => described(`1000 * ${run("fl_run_start_time_seconds")}`),
  durationDescribed: () =>
    described(
      `((${run("fl_run_end_time_seconds")} or time() * (${run("fl_training_status")} == bool 1) > 0) - ${run("fl_run_start_time_seconds")})`,
    ),
  sourceBy: () => `max by (${RUN}, source) (${run("fl_run_source")})`,
  progress: () => `max by (${RUN}) (${run("fl_round_current")} / ${run("fl_round_total")})`,
  round: () => `max by (${RUN}) (${run("fl_round_current")})`,
  rounds: () => `max by (${RUN}) (${run("fl_round_total")})`,
  loss: () => `max by (${RUN}) (${run("fl_aggregated_loss")})`,
  accuracy: () => `max by (${RUN}) (${run("fl_aggregated_accuracy")})`,
  /** Mean of the rounds that ended in the interval; nothing while none did. */
  roundDuration: () =>
    `sum by (${RUN}) (rate(${run("fl_round_duration_seconds_sum")}[$__rate_interval])) / (sum by (${RUN}) (rate(${run("fl_round_duration_seconds_count")}[$__rate_interval])) > 0)`,
  roundDurations: () =>
    `sum by (le) (increase(${run("fl_round_duration_seconds_bucket")}[$__rate_interval]))`,
  responded: () => `max by (${RUN}) (${run("fl_clients_responded")})`,
  selected: () => `max by (${RUN}) (${run("fl_clients_selected")})`,
  phase: () =>
    `max by (${RUN}) (${Object.entries(PHASES)
      .map(([phase, number]) => `${number} * ${run("fl_run_phase", `phase="${phase}"`)}`)
      .join(" or ")})`,
  phaseDurations: () => `max by (${RUN}, phase) (${run("fl_run_phase_duration_seconds")})`,
  appMetrics: () => `max by (${RUN}, phase, name) (${run("fl_app_metric")})`,
  wanted: () => `max by (${RUN}) (${run("fl_run_nodes_wanted")})`,
  present: () => `max by (${RUN}) (${run("fl_run_nodes_present")})`,
  idle: () => `max by (${RUN}) (${run("fl_run_idle_seconds")})`,
  stalled: () => `max by (${RUN}, cause) (${run("fl_run_stalled")})`,
  roundSent: () => `max by (${RUN}) (${run("fl_round_bytes_sent")})`,
  roundReceived: () => `max by (${RUN}) (${run("fl_round_bytes_received")})`,
  modelBytes: () => `max by (${RUN}) (${run("fl_model_bytes")})`,
  examples: () => `max by (${RUN}) (${run("fl_round_examples")})`,
  sent: () => `max by (${RUN}) (${run("fl_run_bytes_sent_total")})`,
  received: () => `max by (${RUN}) (${run("fl_run_bytes_received_total")})`,
  sentRate: () => `sum by (${RUN}) (rate(${run("fl_run_bytes_sent_total")}[$__rate_interval]))`,
  receivedRate: () =>
    `sum by (${RUN}) (rate(${run("fl_run_bytes_received_total")}[$__rate_interval]))`,
  clientSeconds: () => `max by (${RUN}) (${run("fl_run_client_seconds_total")})`,
  failedBy: () => `max by (${RUN}, cause) (${run("fl_run_failed")})`,
  failures: () => `max by (${RUN}, cause) (${run("fl_run_clients_failed_total")})`,
  checkpointAge: () => `time() - max by (${RUN}) (${run("fl_checkpoint_time_seconds")})`,
  checkpointSize: () => `max by (${RUN}) (${run("fl_checkpoint_size_bytes")})`,
  hookTrouble: () =>
    `max by (${RUN}) (${run("fl_hook_errors")} + ${run("fl_hook_events_dropped")} + ${run("fl_hook_names_moved")})`,
};
