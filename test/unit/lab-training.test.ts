import { describe, expect, test } from "vitest";
import type { Sample } from "../../runner/status/ask";
import { lossFalls, trainingSeen } from "../../lab/training";

function sample(name: string, value: number, run = "1"): Sample {
  const labels = { run_id: run, strategy: "FedAvg" };
  return name === "highest"
    ? { labels: { ...labels, seen: name }, value }
    : { labels: { ...labels, __name__: name }, value };
}

const rounds = [sample("fl_round_current", 3), sample("fl_round_total", 5)];

describe("the summary's line about training", () => {
  test("has round and loss, and what it came down from", () => {
    const samples = [...rounds, sample("fl_aggregated_loss", 0.41), sample("highest", 0.6931)];
    expect(lossFalls(samples)).toBe(true);
    expect(trainingSeen(samples)).toBe("round 3 of 5, loss 0.4100, down from 0.6931");
  });

  test("does not call a first, a constant or an only highest loss a falling one", () => {
    const first = [...rounds, sample("fl_aggregated_loss", 0.5), sample("highest", 0.5)];
    expect(lossFalls(first)).toBe(false);
    expect(trainingSeen(first)).toBe("round 3 of 5, loss 0.5000");
    expect(lossFalls([sample("highest", 0.7)])).toBe(false);
    expect(trainingSeen(rounds)).toBe("round 3 of 5, no loss yet");
    expect(trainingSeen([])).toBe("no run has told anything yet");
  });

  test("does not mix two runs, and speaks of the one that shows most", () => {
    const next = [sample("fl_round_current", 1, "2"), sample("highest", 0.9, "2")];
    const done = [...rounds, sample("fl_aggregated_loss", 0.3), sample("highest", 0.6)];
    expect(trainingSeen([...next, ...done])).toBe("round 3 of 5, loss 0.3000, down from 0.6000");
    expect(lossFalls([...next, sample("fl_aggregated_loss", 0.8)])).toBe(false);
  });
});
