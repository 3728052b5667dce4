/** Queries that may find nothing on a lab that is well, each reviewed, with its reason. */

export interface ExpectedEmpty {
  /** `slug: panel title`, or a pattern of what the query reads. */
  where: string | RegExp;
  because: string;
}

const NO_FAILURE = "no client of the lab's app fails";
const NO_CHECKPOINT = "the lab's app saves no checkpoint";
const NO_ALERT =
  "nothing fires on a lab that is well, and where Grafana evaluates there are no names";

export const EXPECTED_EMPTY: readonly ExpectedEmpty[] = [
  { where: /DCGM_/, because: "the lab has no GPU unless FL_DCGM_ENABLED is YES" },
  { where: /flower_monitoring_gpus/, because: "the lab's hosts have no nvidia-smi" },
  { where: /job="(api|mongodb)"/, because: "the lab has no platform beside Flower" },
  { where: "hosts: Machines", because: "a container's / is an overlay, which is left out" },
  { where: /container_/, because: "the lab's hosts have containerMetrics: false" },
  { where: /node_memory_Swap/, because: "the machine that the lab runs on may have no swap" },
  { where: /flower_monitoring_host_drift/, because: "no host of the lab differs" },
  { where: /flower_monitoring_fact_missing/, because: "the lab's hosts tell all" },
  { where: /fl_supernode_failures_total|fl_run_clients_failed_total/, because: NO_FAILURE },
  { where: /fl_checkpoint_(time|size)/, because: NO_CHECKPOINT },
  { where: /fl_run_failed/, because: "no run of the lab fails" },
  { where: /ALERTS\{/, because: NO_ALERT },
  { where: /slo:/, because: "a lab is too young for some promises: minutes and runs have to pass" },
  { where: "federation: Why points are missing", because: "all of the lab's SuperNodes are well" },
  { where: "alerts: Targets that do not answer", because: "all of the lab's targets answer" },
];
