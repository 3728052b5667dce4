/** A SuperNode that all others wait for. */
import type { AlertCases, Fired } from "../alert-case";
import { BERN, fl, FRESH, KIEL, ofNode, toldOf, ULM, type Node } from "./flower-kit";

const reply = (node: Node): string => ofNode("supernode_reply_seconds", node, { phase: "train" });
const replies = (node: Node): string => ofNode("supernode_replies_total", node, { phase: "train" });
const status = (run_id: string): string => fl("training_status", { run_id });

/** Three SuperNodes train for one run, a round in five minutes. */
const TRAINING = {
  ...FRESH,
  [status("7001")]: "1x600",
  [ofNode("supernode_up", ULM)]: "1x600",
  [replies(ULM)]: "0+0.2x600",
  [replies(BERN)]: "0+0.2x600",
  [replies(KIEL)]: "0+0.2x600",
  [reply(BERN)]: "30x600",
  [reply(KIEL)]: "32x600",
};

const slow = (duration: string): Fired =>
  toldOf(ULM, {
    alert: "SuperNodeGatesRounds",
    labels: {},
    summary: "Rounds wait for SuperNode supernode-1",
    description:
      `SuperNode supernode-1 (node id 11) took ${duration} for its last training, over 3 times as long as the ` +
      "federation's median. A round is as long as its slowest client. Likely: a slower or throttled GPU, no GPU " +
      "at all, more data, or a slow link.",
    dashboard: "stragglers",
  });

export const superNodeGatesRounds: AlertCases = {
  fires: [
    {
      name: "its GPU is throttled for a while",
      interval: "1m",
      series: { ...TRAINING, [reply(ULM)]: "31x9 200x39 33x100" },
      expect: { "24m": [], "25m": [slow("3m 20s")], "49m": [slow("3m 20s")], "53m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "1m",
      series: { ...TRAINING, [reply(ULM)]: "200x29 _ 200x9 33x100" },
      expect: { "29m": [slow("3m 20s")], "30m": [slow("3m 20s")], "45m": [] },
    },
    {
      name: "rounds do not ask it any more",
      interval: "1m",
      series: { ...TRAINING, [reply(ULM)]: "200x400", [replies(ULM)]: "0+0.2x99 20x400" },
      expect: { "30m": [slow("3m 20s")], "230m": [] },
    },
  ],
  silent: [
    {
      name: "one slow round",
      interval: "1m",
      series: { ...TRAINING, [reply(ULM)]: "31x9 200x9 33x100" },
      expect: { "19m": [], "26m": [] },
    },
    {
      name: "it is the slowest, and not by much",
      interval: "1m",
      series: { ...TRAINING, [reply(ULM)]: "80x100" },
      expect: { "30m": [], "90m": [] },
    },
    {
      // Flower looks for replies every 3 s: of rounds of seconds nothing can be said.
      name: "ten times the median, which is three seconds",
      interval: "1m",
      series: {
        ...TRAINING,
        [reply(ULM)]: "30x100",
        [reply(BERN)]: "3x100",
        [reply(KIEL)]: "3x100",
      },
      expect: { "30m": [], "90m": [] },
    },
    {
      name: "another run with a larger model is running: its clients are no slower",
      interval: "1m",
      series: { ...TRAINING, [reply(ULM)]: "200x100", [status("7002")]: "1x100" },
      expect: { "30m": [], "90m": [] },
    },
    {
      name: "of two SuperNodes neither is like the others",
      interval: "1m",
      series: { ...TRAINING, [reply(ULM)]: "200x100", [reply(KIEL)]: "_x100" },
      expect: { "30m": [], "90m": [] },
    },
  ],
};
