import { series, type AlertCases, type Fired } from "../alert-case";
import { BERN, fl, NAMELESS, ofNode, toldOf, ULM, type Node } from "./flower-kit";

const up = (node: Node): string => ofNode("supernode_up", node);
const age = (node: Node): string => ofNode("supernode_heartbeat_age_seconds", node);
const count = (status: string): string => fl("supernodes", { status });

/** The alert for a node, once for each and the same whichever exporter saw it. */
function fired(node: Node, site = ""): Fired {
  const title = node.name || node.node_id;
  const where = node.location === "" ? "" : `, location ${node.location}`;
  return toldOf(node, {
    alert: "SuperNodeOffline",
    severity: "critical",
    labels: { site },
    summary: `SuperNode ${title} is offline`,
    description:
      `The SuperLink has no heartbeat from SuperNode ${title} (node id ${node.node_id}${where}). ` +
      "Runs that need it wait without a limit. Likely: its process or host is down, or its " +
      "network to the SuperLink is cut.",
    dashboard: "federation",
  });
}

export const superNodeOffline: AlertCases = {
  fires: [
    {
      name: "a registered SuperNode is killed: 30 s after Flower noticed, until it is back",
      series: {
        [up(ULM)]: "1x11 0x23 1x12",
        [age(ULM)]: "20x11 60+5x23 3x12",
        [up(BERN)]: "1x47",
        [age(BERN)]: "10x47",
        [count("offline")]: "0x11 1x23 0x12",
      },
      expect: {
        "55s": [],
        "85s": [],
        "90s": [fired(ULM)],
        "175s": [fired(ULM)],
        "180s": [],
      },
    },
    {
      name: "a SuperNode without a registered key has no name and no host, and is known by its id",
      series: {
        [up(NAMELESS)]: "1x2 0x20",
        [age(NAMELESS)]: "20x2 60+5x20",
        [count("offline")]: "0x2 1x20",
      },
      expect: { "45s": [fired(NAMELESS)] },
    },
    {
      name: "the exporter is started again while one is away: one alert, not two",
      series: {
        [up(ULM)]: "0x11 _x4 0x20 1x40",
        [age(ULM)]: "60+5x11 _x4 150+5x20 3x40",
        [count("offline")]: "1x11 _x4 1x20 0x40",
      },
      expect: { "55s": [fired(ULM)], "70s": [fired(ULM)], "80s": [fired(ULM)], "185s": [] },
    },
    {
      name: "the people of its site hear of it, not those of the SuperLink's",
      series: {
        [series("up", { federation: "demo", host: "supernode-1", job: "node", site: "ulm" })]:
          "1x2 0x40",
        [ofNode("supernode_up", ULM, { site: "cloud" })]: "1x2 0x20 1x20",
        [ofNode("supernode_heartbeat_age_seconds", ULM, { site: "cloud" })]: "20x2 60+5x20 5x20",
        [fl("supernodes", { status: "offline", site: "cloud" })]: "0x2 1x20 0x20",
      },
      expect: { "45s": [fired(ULM, "ulm")], "100s": [fired(ULM, "ulm")], "120s": [] },
    },
    {
      name: "two SuperNodes lost at once are two alerts",
      series: {
        [up(ULM)]: "0x20",
        [age(ULM)]: "60+5x20",
        [up(BERN)]: "0x20",
        [age(BERN)]: "61+5x20",
        [count("offline")]: "2x20",
      },
      expect: { "30s": [fired(ULM), fired(BERN)] },
    },
  ],
  silent: [
    {
      name: "every SuperNode is online",
      series: { [up(ULM)]: "1x60", [age(ULM)]: "10x60", [count("offline")]: "0x60" },
      expect: { "30s": [], "5m": [] },
    },
    {
      // A SuperNode that systemd restarts is back before.
      name: "a SuperNode is offline for 25 s",
      series: {
        [up(ULM)]: "1x2 0x5 1x30",
        [age(ULM)]: "20x2 60+5x5 3x30",
        [count("offline")]: "0x2 1x5 0x30",
      },
      expect: { "40s": [], "45s": [], "2m": [] },
    },
    {
      // Its key is registered, its site has not started it yet. Only the other one is told.
      name: "a SuperNode was registered and never came, while another is offline",
      series: {
        [up(BERN)]: "0x60",
        [up(ULM)]: "0x60",
        [age(ULM)]: "60+5x60",
        [count("offline")]: "1x60",
        [count("registered")]: "1x60",
      },
      expect: { "20s": [], "5m": [fired(ULM)] },
    },
    {
      name: "the only SuperNode was registered and never came",
      series: { [up(ULM)]: "0x60", [count("offline")]: "0x60", [count("registered")]: "1x60" },
      expect: { "30s": [], "5m": [] },
    },
    {
      // Flower counts it as unregistered; the exporter keeps its series for 15 minutes.
      name: "a SuperNode without a registered key is stopped in order",
      series: {
        [up(NAMELESS)]: "1x2 0x60",
        [age(NAMELESS)]: "20x2 60+5x60",
        [count("offline")]: "0x62",
        [count("unregistered")]: "0x2 1x60",
      },
      expect: { "40s": [], "5m": [] },
    },
    {
      name: "a SuperNode that is offline for a moment is unregistered, and its series ends",
      series: {
        [up(ULM)]: "1x2 0x3 stale",
        [age(ULM)]: "20x2 60+5x3 stale",
        [count("offline")]: "0x2 1x3 0x60",
      },
      expect: { "25s": [], "40s": [], "5m": [] },
    },
    {
      // TargetDown tells that; the last state says nothing about now.
      name: "the exporter is down while all were online",
      series: {
        [up(ULM)]: "1x2 stale",
        [age(ULM)]: "20x2 stale",
        [count("offline")]: "0x2 stale",
      },
      expect: { "45s": [], "5m": [] },
    },
  ],
};
