import { links, series, type AlertCases, type Fired } from "../alert-case";

const exporter = {
  federation: "demo",
  host: "superlink",
  instance: "172.31.77.11:9101",
  job: "flower",
  role: "superlink",
};

interface Node {
  node_id: string;
  name: string;
  location: string;
}
const named: Node = { node_id: "11", name: "supernode-1", location: "Ulm" };
const second: Node = { node_id: "22", name: "supernode-2", location: "" };
const unnamed: Node = { node_id: "33", name: "", location: "" };

const up = (node: Node): string => series("fl_supernode_up", { ...exporter, ...node });
const age = (node: Node): string =>
  series("fl_supernode_heartbeat_age_seconds", { ...exporter, ...node });
const count = (status: string): string => series("fl_supernodes", { ...exporter, status });

/** The alert for a node; `host` is its name, not the host of the exporter that saw it. */
function fired({ node_id, name, location }: Node): Fired {
  const title = name === "" ? node_id : name;
  const seenBy: Record<string, string> = { ...exporter };
  delete seenBy["host"];
  const optional = Object.entries({ name, location, host: name }).filter(([, text]) => text !== "");
  const where = location === "" ? "" : `, location ${location}`;
  return {
    labels: {
      ...{ severity: "critical", ...seenBy, node_id },
      ...(Object.fromEntries(optional) as Record<string, string>),
    },
    annotations: {
      summary: `SuperNode ${title} is offline`,
      description:
        `The SuperLink has no heartbeat from SuperNode ${title} (node id ${node_id}${where}). ` +
        "Runs that need it wait without a limit. Likely: its process or host is down, or its " +
        "network to the SuperLink is cut.",
      runbook_url: `${links.runbooks}#supernodeoffline`,
      dashboard: `${links.grafana}/d/flower-monitoring-federation`,
    },
  };
}

export const superNodeOffline: AlertCases = {
  fires: [
    {
      name: "a registered SuperNode is killed: 30 s after Flower noticed, until it is back",
      series: {
        [up(named)]: "1x11 0x23 1x12",
        [age(named)]: "20x11 60+5x23 3x12",
        [up(second)]: "1x47",
        [age(second)]: "10x47",
        [count("offline")]: "0x11 1x23 0x12",
      },
      expect: {
        "55s": [],
        "85s": [],
        "90s": [fired(named)],
        "175s": [fired(named)],
        "180s": [],
      },
    },
    {
      name: "a SuperNode without a registered key has no name and no host, and is known by its id",
      series: {
        [up(unnamed)]: "1x2 0x20",
        [age(unnamed)]: "20x2 60+5x20",
        [count("offline")]: "0x2 1x20",
      },
      expect: { "45s": [fired(unnamed)] },
    },
    {
      name: "two SuperNodes lost at once are two alerts",
      series: {
        [up(named)]: "0x20",
        [age(named)]: "60+5x20",
        [up(second)]: "0x20",
        [age(second)]: "61+5x20",
        [count("offline")]: "2x20",
      },
      expect: { "30s": [fired(named), fired(second)] },
    },
  ],
  silent: [
    {
      name: "every SuperNode is online",
      series: { [up(named)]: "1x60", [age(named)]: "10x60", [count("offline")]: "0x60" },
      expect: { "30s": [], "5m": [] },
    },
    {
      // A SuperNode that systemd restarts is back before.
      name: "a SuperNode is offline for 25 s",
      series: {
        [up(named)]: "1x2 0x5 1x30",
        [age(named)]: "20x2 60+5x5 3x30",
        [count("offline")]: "0x2 1x5 0x30",
      },
      expect: { "40s": [], "45s": [], "2m": [] },
    },
    {
      // Its key is registered, its site has not started it yet. Only the other one is told.
      name: "a SuperNode was registered and never came, while another is offline",
      series: {
        [up(second)]: "0x60",
        [up(named)]: "0x60",
        [age(named)]: "60+5x60",
        [count("offline")]: "1x60",
        [count("registered")]: "1x60",
      },
      expect: { "20s": [], "5m": [fired(named)] },
    },
    {
      name: "the only SuperNode was registered and never came",
      series: { [up(named)]: "0x60", [count("offline")]: "0x60", [count("registered")]: "1x60" },
      expect: { "30s": [], "5m": [] },
    },
    {
      // Flower counts it as unregistered; the exporter keeps its series for 15 minutes.
      name: "a SuperNode without a registered key is stopped in order",
      series: {
        [up(unnamed)]: "1x2 0x60",
        [age(unnamed)]: "20x2 60+5x60",
        [count("offline")]: "0x62",
        [count("unregistered")]: "0x2 1x60",
      },
      expect: { "40s": [], "5m": [] },
    },
    {
      name: "a SuperNode that is offline for a moment is unregistered, and its series ends",
      series: {
        [up(named)]: "1x2 0x3 stale",
        [age(named)]: "20x2 60+5x3 stale",
        [count("offline")]: "0x2 1x3 0x60",
      },
      expect: { "25s": [], "40s": [], "5m": [] },
    },
    {
      // TargetDown tells that; the last state says nothing about now.
      name: "the exporter is down while all were online",
      series: {
        [up(named)]: "1x2 stale",
        [age(named)]: "20x2 stale",
        [count("offline")]: "0x2 stale",
      },
      expect: { "45s": [], "5m": [] },
    },
  ],
};
