/** The PromQL of the panels, by name: panels, tests and documents use the same text. */
export const queries = {
  superNodesOnline: 'sum(fl_supernodes{status="online"})',
  superNodesOffline: 'sum(fl_supernodes{status="offline"})',
  superNodeUp: "fl_supernode_up",
  heartbeatAge: "fl_supernode_heartbeat_age_seconds",
  runsLive: 'sum by (status) (fl_runs{status=~"pending|starting|running"})',
  runsFinished: 'sum by (sub_status) (fl_runs{status="finished"})',
  bytesSent: "sum(rate(fl_bytes_sent_total[5m]))",
  bytesReceived: "sum(rate(fl_bytes_received_total[5m]))",
  clientSeconds: "sum(rate(fl_client_seconds_total[5m]))",
  controlApiAge: "max(fl_exporter_up_to_date_seconds)",
  targetsUp: "up",
  hostCpu: '1 - avg by (host) (rate(node_cpu_seconds_total{job="node",mode="idle"}[5m]))',
  hostMemory:
    '1 - node_memory_MemAvailable_bytes{job="node"} / node_memory_MemTotal_bytes{job="node"}',
  hostDisk:
    '1 - max by (host) (node_filesystem_avail_bytes{job="node",mountpoint="/"} / node_filesystem_size_bytes{job="node",mountpoint="/"})',
} as const;
