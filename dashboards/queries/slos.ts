import { anywhere, named, superNode } from "./select";

/** Promises, and how they are kept. */
export const sloQueries = {
  targets: () => `avg by (federation, host) (avg_over_time(${anywhere("up")}[$__range]))`,
  superNodes: () =>
    `avg by (federation, node, node_id) (${named(`avg_over_time(${superNode("fl_supernode_up")}[$__range])`)})`,
};
