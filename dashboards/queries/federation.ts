import { anywhere, flower, named, superNode } from "./select";

/** Is the federation alive. Every count is of one federation: two of them are never added up. */
export const federationQueries = {
  superNodesOnline: () => `sum by (federation) (${flower("fl_supernodes", 'status="online"')})`,
  superNodesOffline: () => `sum by (federation) (${flower("fl_supernodes", 'status="offline"')})`,
  superNodesBy: () =>
    `sum by (federation, status) (${flower("fl_supernodes", 'status=~"registered|online|offline"')})`,
  superNodeUp: () => `max by (federation, node, node_id) (${named(superNode("fl_supernode_up"))})`,
  superNodeUpNow: () =>
    `max by (federation, node, node_id, location) (${named(superNode("fl_supernode_up"))})`,
  heartbeatAge: () =>
    `max by (federation, node, node_id) (${named(superNode("fl_supernode_heartbeat_age_seconds"))})`,
  runsLive: () =>
    `sum by (federation) (${flower("fl_runs", 'status=~"pending|starting|running"')})`,
  runsFinished: () => `sum by (federation, sub_status) (${flower("fl_runs", 'status="finished"')})`,
  bytesSent: () => `sum by (federation) (rate(${flower("fl_bytes_sent_total")}[$__rate_interval]))`,
  bytesReceived: () =>
    `sum by (federation) (rate(${flower("fl_bytes_received_total")}[$__rate_interval]))`,
  busySuperNodes: () =>
    `sum by (federation) (rate(${flower("fl_client_seconds_total")}[$__rate_interval]))`,
  viewAge: () => `max by (federation) (${flower("fl_exporter_up_to_date_seconds")})`,
  targetsUp: () => `min by (federation, host, job) (${anywhere("up")})`,
};
