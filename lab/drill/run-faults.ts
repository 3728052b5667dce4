/** What goes wrong in training. No other run is there: a SuperNode does one thing at a time. */
import { startRun, stopRun } from "../hosts";
import type { Lab } from "../layout";
import type { Fault } from "./fault";

/** A fault that is a run with this config; healed by stopping it. */
function runFault(fault: Omit<Fault, "inject" | "heal" | "lane">, config: string): Fault {
  let id = "";
  return {
    ...fault,
    lane: "training",
    inject: async (lab: Lab) => (id = await startRun(lab, config)),
    // It may have ended by itself.
    heal: (lab) => stopRun(lab, id).catch(() => undefined),
  };
}

export const runFaults: Fault[] = [
  runFault(
    {
      name: "client-failing",
      alert: "FLClientFailureRate",
      tells: 400,
      // Counted over half an hour, which is what it takes to forget them.
      ends: 2400,
      endsSlowly: true,
      // Rounds of three clients, one of which fails, are two thirds of what was promised.
      also: ["SuperNodeFailing", "SLOBudgetBurnsSlowly", "SLOBudgetBurnsFast"],
    },
    "failing-partition=1 client-sleep=1.0 num-server-rounds=8",
  ),
  runFault(
    {
      name: "run-stalled",
      alert: "FLTrainingStalled",
      labels: { cause: "too_few_nodes" },
      // The exporter calls ten minutes of silence a stall; then the alert's own pause.
      tells: 780,
      // What the exporter said last counts for two minutes more (`flowerGap`).
      ends: 180,
      also: ["RunWaitingForNodes"],
    },
    "min-nodes=9",
  ),
  runFault(
    {
      name: "client-slow",
      alert: "SuperNodeGatesRounds",
      labels: { name: "supernode-2" },
      tells: 400,
      ends: 300,
    },
    "slow-partition=1 slow-seconds=100.0 client-sleep=1.0 num-server-rounds=6",
  ),
];
