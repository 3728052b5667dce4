import { anywhere, flower, named, superNode } from "./select";

const SLO = "federation, slo";

/** Of a record with several windows, that of the promise itself. */
const ofPromise = (record: string): string =>
  `max by (${SLO}) (${flower(record)} and on (federation, slo, window) ${flower("slo:objective:ratio")})`;

/** Promises, and how they are kept; Prometheus records them (rules/records/slo.ts). */
export const sloQueries = {
  kept: () => ofPromise("slo:sli:ratio"),
  objective: () => `max by (${SLO}) (${flower("slo:objective:ratio")})`,
  budget: () => `max by (${SLO}) (${flower("slo:error_budget:remaining")})`,
  bad: () => ofPromise("slo:bad:count"),
  total: () => ofPromise("slo:total:count"),
  burn: () => `max by (${SLO}, window) (${flower("slo:burn:rate")})`,
  shares: () => `max by (${SLO}, window) (${flower("slo:sli:ratio")})`,
  known: () => `max by (${SLO}) (${flower("slo:data:known")})`,
  targets: () => `avg by (federation, host) (avg_over_time(${anywhere("up")}[$__range]))`,
  superNodes: () =>
    `avg by (federation, node, node_id) (${named(`avg_over_time(${superNode("fl_supernode_up")}[$__range])`)})`,
};
