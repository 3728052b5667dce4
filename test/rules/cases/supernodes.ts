/** SuperNodes that come and go. */
import type { AlertCases, Fired } from "../alert-case";
import { BERN, fl, NAMELESS, ofNode, toldOf, ULM, type Node } from "./flower-kit";

const up = (node: Node): string => ofNode("supernode_up", node);
const age = (node: Node): string => ofNode("supernode_heartbeat_age_seconds", node);

const interrupted: Fired = toldOf(ULM, {
  alert: "SuperNodeInterrupted",
  summary: "SuperNode supernode-1 was lost for a moment and is back",
  description:
    "SuperNode supernode-1 (node id 11) missed heartbeats until Flower gave it up, and is online again. What " +
    "it was working on is lost. Likely: its process crashed, and was refused at its restart until its last " +
    "heartbeat had run out; or its network was cut for a minute.",
  dashboard: "clients",
});

/** Every 15 s from the start: the crash is at 75 s, Flower gives up at 135 s. */
const CRASH_AGES = "10x5 25 40 55 65 5x80";

export const superNodeInterrupted: AlertCases = {
  fires: [
    {
      name: "a SuperNode crashes and is refused until its last heartbeat has run out",
      interval: "15s",
      series: { [up(ULM)]: "1x8 0 1x80", [age(ULM)]: CRASH_AGES },
      expect: { "165s": [], "180s": [interrupted], "11m": [interrupted], "14m": [] },
    },
  ],
  silent: [
    {
      // Flower knows at once, and the age it is given is 60 s too high.
      name: "a SuperNode is stopped in order and started again",
      interval: "15s",
      series: { [up(ULM)]: "1x8 0 1x80", [age(ULM)]: "10x8 70 5x80" },
      expect: { "180s": [], "5m": [] },
    },
    {
      name: "heartbeats are missed and come again before Flower gives up",
      interval: "15s",
      series: { [up(ULM)]: "1x90", [age(ULM)]: "10x5 25 40 55 5x80" },
      expect: { "180s": [], "5m": [] },
    },
    {
      name: "a SuperNode is away for two minutes: SuperNodeOffline tells that",
      interval: "15s",
      series: { [up(ULM)]: "1x8 0x8 1x80", [age(ULM)]: "10x5 25 40 55 65+15x8 5x80" },
      expect: { "4m": [], "6m": [] },
    },
    {
      // It would come back with another key, so nobody refuses it; its network did this.
      name: "a SuperNode without a registered key",
      interval: "15s",
      series: { [up(NAMELESS)]: "1x8 0 1x80", [age(NAMELESS)]: CRASH_AGES },
      expect: { "180s": [], "5m": [] },
    },
    {
      name: "the exporter is started again meanwhile, and sees nothing of it",
      interval: "15s",
      series: { [up(ULM)]: "1x8 _x4 1x80", [age(ULM)]: "10x8 _x4 12x80" },
      expect: { "180s": [], "5m": [] },
    },
  ],
};

const flapping = (node: Node, times: number): Fired =>
  toldOf(node, {
    alert: "SuperNodeFlapping",
    summary: `SuperNode ${node.name || node.node_id} comes and goes`,
    description:
      `SuperNode ${node.name || node.node_id} (node id ${node.node_id}) went offline or came back ${times} times ` +
      "in 1h. Each time what it was working on is lost. Likely: its process is killed and started again " +
      "(memory), its host sleeps, or its network is unstable.",
    dashboard: "clients",
  });

export const superNodeFlapping: AlertCases = {
  fires: [
    {
      name: "three times gone and back, and then no more",
      interval: "1m",
      series: { [up(ULM)]: "1x9 0 1x9 0 1x9 0 1x120", [up(BERN)]: "1x160" },
      expect: {
        "31m": [],
        "34m": [flapping(ULM, 6)],
        "68m": [flapping(ULM, 6)],
        "75m": [],
      },
    },
    {
      name: "the network of one without a registered key: its id stays, it has no host",
      interval: "1m",
      series: { [up(NAMELESS)]: "1x9 0 1x9 0 1x9 0 1x120" },
      expect: { "34m": [flapping(NAMELESS, 6)] },
    },
  ],
  silent: [
    {
      name: "one planned restart, and one more for a mistake",
      interval: "1m",
      series: { [up(ULM)]: "1x9 0x3 1x9 0x3 1x120" },
      expect: { "20m": [], "40m": [] },
    },
    {
      // Samples are missing, the value did not change.
      name: "the exporter is started again ten times",
      interval: "1m",
      series: { [up(ULM)]: `${"1x4 _ ".repeat(10)}1x20`, [fl("clients_connected")]: "1x80" },
      expect: { "40m": [], "60m": [] },
    },
    {
      name: "five changes: gone for the third time, and SuperNodeOffline tells it",
      interval: "1m",
      series: { [up(ULM)]: "1x9 0 1x9 0 1x9 0x40" },
      expect: { "31m": [], "60m": [] },
    },
  ],
};
