/** Queries that may find nothing on a lab that is well, each reviewed, with its reason. */

export interface ExpectedEmpty {
  /** `slug: panel title`, or a pattern of what the query reads. */
  where: string | RegExp;
  because: string;
}

export const EXPECTED_EMPTY: readonly ExpectedEmpty[] = [
  { where: /DCGM_/, because: "the lab has no GPU unless FL_DCGM_ENABLED is YES" },
  { where: /flower_monitoring_gpus/, because: "the lab's hosts have no nvidia-smi" },
  { where: /container_/, because: "the lab's hosts have containerMetrics: false" },
  {
    where: /^[^A-Z]*\bALERTS\{/,
    because: "nothing fires on a lab that is well, or Grafana evaluates",
  },
];
