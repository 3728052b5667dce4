/** Titles of all dashboards by slug; the uid is `flower-monitoring-<slug>`. In the order of their list. */
export const TITLES = {
  federation: "Federation",
  "fl-overview": "FL Overview",
  "fl-training": "FL Training Overview",
  "run-explorer": "Run Explorer",
  clients: "Client Health",
  stragglers: "Stragglers",
  gpu: "GPU Health",
  hosts: "Hosts",
  containers: "Containers",
  system: "System Performance",
  slos: "SLOs",
  alerts: "Alerts",
  stack: "The Stack Itself",
} as const;

export type Slug = keyof typeof TITLES;
