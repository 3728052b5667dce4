import { flower } from "./select";

const NAMED =
  'label_replace(fl_supernode_up{federation=~"$federation",site=~"$site",name!=""}, "host", "$1", "name", "(.+)")';

/** What the variables' values come from, in Grafana's form for Prometheus. */
export const variableQueries = {
  federation: () => "label_values(up, federation)",
  site: () => 'label_values(up{federation=~"$federation"}, site)',
  /** Also SuperNodes on machines that the stack does not know; they have no site, so "All" sites has them. */
  host: () =>
    `query_result(group by (host) (up{federation=~"$federation",site=~"$site"} or ${NAMED}))`,
  run: () =>
    `query_result(sort_desc(max by (run_id) (last_over_time(${flower("fl_run_start_time_seconds")}[$__range]))))`,
};
