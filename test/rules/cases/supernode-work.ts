/** SuperNodes that are online and do no good work. */
import type { AlertCases, Fired } from "../alert-case";
import { BERN, fl, FRESH, NAMELESS, ofNode, toldOf, ULM, type Node } from "./flower-kit";

const up = (node: Node): string => ofNode("supernode_up", node);
const replies = (node: Node): string => ofNode("supernode_replies_total", node, { phase: "train" });
const failures = (node: Node, cause: string): string =>
  ofNode("supernode_failures_total", node, { cause });

/** Two SuperNodes are online, and the second does its work: a round an hour. */
const OTHERS = { ...FRESH, [up(ULM)]: "1x900", [up(BERN)]: "1x900", [replies(BERN)]: "3+0.1x900" };
const logs = fl("run_source", { run_id: "8", source: "logs" });

const zombie = (misses: number): Fired =>
  toldOf(ULM, {
    alert: "SuperNodeZombie",
    summary: "SuperNode supernode-1 is online and does not answer",
    description:
      `SuperNode supernode-1 (node id 11) sends heartbeats, and none of the ${misses} answers that rounds waited ` +
      "for in 3h came. Rounds wait for it until their time is up. Likely: its ClientApp hangs (a data mount, a " +
      "GPU, a lock), or its SuperExec is gone.",
    dashboard: "clients",
  });

export const superNodeZombie: AlertCases = {
  fires: [
    {
      name: "two rounds have waited an hour each in vain, until it answers again",
      interval: "1m",
      series: {
        ...OTHERS,
        [failures(ULM, "timeout")]: "_x239 1x59 2x300",
        [replies(ULM)]: "5x379 6x200",
      },
      expect: { "250m": [], "302m": [zombie(2)], "379m": [zombie(2)], "381m": [] },
    },
    {
      name: "the exporter is started again while it fires; after three hours it is history",
      interval: "1m",
      series: {
        ...OTHERS,
        [failures(ULM, "message_lost")]: "_x239 3x59 _ 3x400",
        [replies(ULM)]: "5x299 _ 5x400",
      },
      expect: {
        "242m": [zombie(3)],
        "300m": [zombie(3)],
        "301m": [zombie(3)],
        "418m": [zombie(3)],
        "425m": [],
      },
    },
  ],
  silent: [
    {
      name: "one reply did not come in time",
      interval: "1m",
      series: { ...OTHERS, [failures(ULM, "timeout")]: "_x239 1x300", [replies(ULM)]: "5x600" },
      expect: { "245m": [], "300m": [] },
    },
    {
      name: "some replies are late, others come",
      interval: "1m",
      series: { ...OTHERS, [failures(ULM, "timeout")]: "0+0.05x600", [replies(ULM)]: "5+0.05x600" },
      expect: { "100m": [], "300m": [], "500m": [] },
    },
    {
      name: "it is offline by now: SuperNodeOffline tells that",
      interval: "1m",
      series: {
        ...OTHERS,
        [up(ULM)]: "1x235 0x300",
        [failures(ULM, "timeout")]: "_x239 2x300",
        [replies(ULM)]: "5x600",
      },
      expect: { "245m": [], "300m": [] },
    },
    {
      // Good replies of a run without the hook are not counted.
      name: "a run without the hook was there",
      interval: "1m",
      series: {
        ...OTHERS,
        [failures(ULM, "timeout")]: "_x239 3x300",
        [replies(ULM)]: "5x600",
        [logs]: "_x200 1x100 stale",
      },
      expect: { "245m": [], "400m": [] },
    },
    {
      // What was counted long ago is no news for having been away.
      name: "the exporter was down for an hour",
      interval: "1m",
      series: { ...OTHERS, [failures(ULM, "timeout")]: "6x300 _x60 6x300" },
      expect: { "365m": [], "482m": [], "541m": [] },
    },
    {
      name: "the monitoring is new, and the SuperLink has counted before",
      interval: "1m",
      series: { ...OTHERS, [failures(ULM, "timeout")]: "6x300" },
      expect: { "2m": [], "100m": [], "200m": [] },
    },
  ],
};

const failing = (node: Node, count: number): Fired =>
  toldOf(node, {
    alert: "SuperNodeFailing",
    summary: `All work of SuperNode ${node.name || node.node_id} fails`,
    description:
      `SuperNode ${node.name || node.node_id} (node id ${node.node_id}) answered ${count} times with an error in ` +
      "1h, and never well. Rounds go on without it. Likely: its data or its environment differ from the other " +
      "sites': a missing file, a package, a GPU.",
    dashboard: "clients",
  });

export const superNodeFailing: AlertCases = {
  fires: [
    {
      name: "a file is missing at a site, until somebody puts it there",
      interval: "1m",
      series: {
        ...OTHERS,
        [failures(ULM, "exception")]: "_x99 1x9 2x9 3x9 4x200",
        [replies(ULM)]: "7x150 8x200",
      },
      expect: { "115m": [], "121m": [failing(ULM, 3)], "135m": [failing(ULM, 4)], "152m": [] },
    },
    {
      name: "a SuperNode without a name whose app cannot be loaded, and that never did any work",
      interval: "1m",
      series: { ...OTHERS, [up(NAMELESS)]: "1x300", [failures(NAMELESS, "load")]: "_x99 3x200" },
      expect: { "102m": [failing(NAMELESS, 3)], "165m": [] },
    },
  ],
  silent: [
    {
      name: "two errors and nothing since",
      interval: "1m",
      series: { ...OTHERS, [failures(ULM, "exception")]: "_x99 2x200", [replies(ULM)]: "7x300" },
      expect: { "105m": [], "150m": [] },
    },
    {
      name: "every second answer is an error",
      interval: "1m",
      series: {
        ...OTHERS,
        [failures(ULM, "exception")]: "0+0.2x200",
        [replies(ULM)]: "0+0.2x200",
      },
      expect: { "30m": [], "90m": [] },
    },
    {
      name: "it was away: others tell that",
      interval: "1m",
      series: { ...OTHERS, [failures(ULM, "node_gone")]: "_x99 9x200", [replies(ULM)]: "7x300" },
      expect: { "105m": [], "150m": [] },
    },
  ],
};

const crashing = (count: number): Fired =>
  toldOf(ULM, {
    alert: "ClientAppCrashing",
    summary: "ClientApps on supernode-1 are killed",
    description:
      `On SuperNode supernode-1 (node id 11) ${count} ClientApps ended in 1h without an answer; each costs its ` +
      "round about 50 s. Likely: the kernel or a memory limit kills them, or a library crashes.",
    dashboard: "clients",
  });

export const clientAppCrashing: AlertCases = {
  fires: [
    {
      name: "two are killed within the hour, and the exporter is started again",
      interval: "1m",
      series: {
        ...OTHERS,
        [failures(ULM, "crashed")]: "_x99 1x9 2x9 _ 2x200",
        [replies(ULM)]: "7+0.1x300",
      },
      expect: {
        "105m": [],
        "112m": [crashing(2)],
        "120m": [crashing(2)],
        "158m": [crashing(2)],
        "175m": [],
      },
    },
  ],
  silent: [
    {
      name: "one is killed",
      interval: "1m",
      series: { ...OTHERS, [failures(ULM, "crashed")]: "_x99 1x200" },
      expect: { "105m": [], "150m": [] },
    },
    {
      name: "two, hours apart",
      interval: "1m",
      series: { ...OTHERS, [failures(ULM, "crashed")]: "1x100 2x200" },
      expect: { "102m": [], "150m": [] },
    },
    {
      name: "they raise exceptions",
      interval: "1m",
      series: { ...OTHERS, [failures(ULM, "exception")]: "_x99 5x200" },
      expect: { "105m": [], "150m": [] },
    },
  ],
};
