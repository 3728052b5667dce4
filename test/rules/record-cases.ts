import { series, WANTED_HASH, type RecordCase } from "./alert-case";
import { flowerRecordCases } from "./records/flower";
import { sloRecordCases } from "./records/slo";
import { gpuRecordCases } from "./records/gpu";

const node = {
  federation: "demo",
  host: "supernode-1",
  instance: "172.31.77.21:9100",
  job: "node",
  role: "supernode",
};

/** Cases by the record's name. */
export const recordCases: Record<string, RecordCase[]> = {
  ...flowerRecordCases,
  ...gpuRecordCases,
  "host:clock_skew_seconds:last": [
    {
      name: "how far a host's clock is ahead, or behind; nothing for a host that does not answer",
      series: {
        [series("node_time_seconds", node)]: "1 7 8 stale",
        [series("node_time_seconds", { ...node, host: "supernode-2" })]: "0+5x3",
      },
      expect: {
        "5s": [
          { labels: node, value: 2 },
          { labels: { ...node, host: "supernode-2" }, value: 0 },
        ],
        "10s": [
          { labels: node, value: -2 },
          { labels: { ...node, host: "supernode-2" }, value: 0 },
        ],
        "15s": [{ labels: { ...node, host: "supernode-2" }, value: 0 }],
      },
    },
  ],
  ...sloRecordCases,
  "host:flower_monitoring_bundle_info:wanted": [
    {
      name: "one series for each host of the stack, whether it answers or not, and none for others",
      series: {
        [series("up", node)]: "1 0",
        [series("up", { ...node, host: "stranger", instance: "172.31.77.9:9100" })]: "1 1",
      },
      expect: {
        "0s": [{ labels: { ...node, hash: WANTED_HASH }, value: 1 }],
        "5s": [{ labels: { ...node, hash: WANTED_HASH }, value: 1 }],
      },
    },
  ],
};
