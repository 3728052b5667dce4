import { flower } from "./select";

/** The whole of training in a federation, for who looks once a day. */
export const overviewQueries = {
  active: () => `sum by (federation) (${flower("fl_runs", 'status="running"')})`,
  waiting: () => `sum by (federation) (${flower("fl_runs", 'status=~"pending|starting"')})`,
  ended: () => `sum by (federation, sub_status) (${flower("fl_runs", 'status="finished"')})`,
  rounds: () => `sum by (federation) (increase(${flower("fl_rounds_completed_total")}[$__range]))`,
  roundsPerHour: () =>
    `3600 * sum by (federation) (rate(${flower("fl_rounds_completed_total")}[$__rate_interval]))`,
  moved: () =>
    `sum by (federation) (increase(${flower("fl_bytes_sent_total")}[$__range]) + increase(${flower("fl_bytes_received_total")}[$__range]))`,
  computed: () => `sum by (federation) (increase(${flower("fl_client_seconds_total")}[$__range]))`,
  checkpoints: () =>
    `sum by (federation) (increase(${flower("fl_checkpoint_saved_total")}[$__range]))`,
  stalls: () =>
    `sum by (federation, cause) (increase(${flower("fl_training_stalls_total")}[$__range]))`,
  /** Without those that nobody told: there are a dozen names. */
  events: () =>
    `sum by (federation, event) (increase(${flower("fl_events_total")}[$__rate_interval])) > 0`,
};
