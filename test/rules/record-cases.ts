import { series, WANTED_HASH, type RecordCase } from "./alert-case";

const node = {
  federation: "demo",
  host: "supernode-1",
  instance: "172.31.77.21:9100",
  job: "node",
  role: "supernode",
};

/** Cases by the record's name. */
export const recordCases: Record<string, RecordCase[]> = {
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
