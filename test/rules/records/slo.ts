/** What is recorded of SLOs, in the stories beside this file. */
import type { RecordCase } from "../alert-case";
import { sloApiSlices } from "./slo-api";
import {
  few,
  finished,
  flower,
  minutes,
  nothing,
  of,
  participation,
  runs,
  stretched,
  tens,
} from "./slo-stories";

export const sloRecordCases: Record<string, RecordCase[]> = {
  "slo:slice:good": [
    minutes({
      "10m": [{ labels: of("client_participation"), value: 1 }],
      "30m": [{ labels: of("client_participation"), value: 0.5 }],
    }),
    {
      name: "one of two runs is stalled, by one of three causes",
      series: {
        ...flower("fl_run_stalled", "0x3 1x3", { run_id: "1", cause: "no_reply" }),
        ...flower("fl_run_stalled", "0x6", { run_id: "1", cause: "too_few_nodes" }),
        ...flower("fl_run_stalled", "0x6", { run_id: "2", cause: "no_reply" }),
      },
      expect: {
        "10s": [{ labels: of("run_progress"), value: 1 }],
        "25s": [{ labels: of("run_progress"), value: 0.5 }],
      },
    },
    {
      name: "of three SuperNodes one is offline and one has never come",
      series: {
        ...flower("fl_supernode_up", "1x3", { name: "a" }),
        ...flower("fl_supernode_heartbeat_age_seconds", "12x3", { name: "a" }),
        ...flower("fl_supernode_up", "0x3", { name: "b" }),
        ...flower("fl_supernode_heartbeat_age_seconds", "900x3", { name: "b" }),
        ...flower("fl_supernode_up", "0x3", { name: "c" }),
      },
      expect: { "5s": [{ labels: of("supernode_availability"), value: 0.5 }] },
    },
    {
      name: "what the exporter tells grows old, and then the exporter is gone",
      series: {
        ...flower("up", "1x8 0x4"),
        ...flower("fl_exporter_up_to_date_seconds", "2x3 61x4 stale"),
      },
      expect: {
        "5s": [{ labels: of("data_freshness"), value: 1 }],
        "25s": [{ labels: of("data_freshness"), value: 0 }],
        "50s": [{ labels: of("data_freshness"), value: 0 }],
      },
    },
    ...sloApiSlices,
    nothing({ "30m": [] }),
  ],
  "slo:data:known": [
    minutes({
      "30m": [
        { labels: of("client_participation"), value: 1 },
        { labels: of("supernode_availability"), value: 1 },
      ],
    }),
    {
      name: "the exporter is there and has not read the runs that ended",
      series: {
        ...flower("up", "1x6"),
        ...flower("fl_exporter_replayed", "0x3 1x3"),
        ...flower("fl_runs", "0x6", { status: "pending", sub_status: "" }),
      },
      expect: {
        "5s": ["training_success_rate", "run_progress", "data_freshness"].map((slo) => ({
          labels: of(slo),
          value: 1,
        })),
        "25s": [
          ...["training_success_rate", "run_progress", "data_freshness"],
          ...["round_time", "round_participation"],
        ].map((slo) => ({ labels: of(slo), value: 1 })),
      },
    },
    nothing({ "30m": [] }),
  ],
  "slo:bad:count": [
    minutes({
      "10m": ["5m", "15m", "1h"].map((w) => ({ labels: participation(w), value: 0 })),
      "25m": [
        { labels: participation("5m"), value: 2.5 },
        { labels: participation("15m"), value: 3 },
        { labels: participation("1h"), value: 3 },
      ],
    }),
    tens({
      "4h": [
        { labels: runs("2h"), value: stretched(11, 12) },
        { labels: runs("6h"), value: 12 },
        { labels: runs("1d"), value: 12 },
      ],
    }),
    nothing({ "30m": [] }),
  ],
  "slo:total:count": [
    minutes({
      "2m": [{ labels: participation("5m"), value: 3 }],
      // Of the tiers' long windows half has to be known.
      "20m": [
        { labels: participation("5m"), value: 5 },
        { labels: participation("15m"), value: 15 },
      ],
      "35m": [
        { labels: participation("5m"), value: 5 },
        { labels: participation("15m"), value: 15 },
        { labels: participation("1h"), value: 36 },
      ],
    }),
    // For the short window one run is enough, for the others three have to have ended.
    few({ "4h": [{ labels: runs("2h"), value: stretched(1, 12) }], "6h": [] }),
    nothing({ "30m": [] }),
  ],
  "slo:sli:ratio": [
    minutes({
      "40m": [
        { labels: participation("5m"), value: 0.5 },
        { labels: participation("15m"), value: 0.5 },
        { labels: participation("1h"), value: 1 - 10.5 / 41 },
      ],
    }),
    tens({
      "4h": [
        { labels: runs("2h"), value: 0 },
        { labels: runs("6h"), value: 1 - 12 / 23 },
        { labels: runs("1d"), value: 1 - 12 / 23 },
      ],
    }),
    {
      name: "no event at all is no share: neither 100 % nor NaN",
      interval: "10m",
      series: { ...finished("completed", "5x40"), ...finished("failed", "5x40") },
      expect: { "4h": [] },
    },
    nothing({ "30m": [] }),
  ],
  "slo:objective:ratio": [
    {
      name: "it is there whether anything is measured or not",
      series: { other: "1" },
      expect: {
        "0s": [
          { labels: { ...of("training_success_rate", "1d"), job: "flower" }, value: 0.95 },
          { labels: { ...of("run_progress", "7d"), job: "flower" }, value: 0.99 },
          { labels: { ...of("client_participation", "1h"), job: "flower" }, value: 0.8 },
          { labels: { ...of("supernode_availability", "30d"), job: "flower" }, value: 0.99 },
          { labels: { ...of("data_freshness", "30d"), job: "flower" }, value: 0.99 },
          { labels: { ...of("round_time", "7d"), job: "flower" }, value: 0.95 },
          { labels: { ...of("round_participation", "7d"), job: "flower" }, value: 0.95 },
          { labels: { ...of("api_availability", "30d"), job: "api" }, value: 0.999 },
          { labels: { ...of("api_latency", "7d"), job: "api" }, value: 0.95 },
        ],
      },
    },
  ],
  "slo:burn:rate": [
    minutes({
      "40m": [
        { labels: participation("5m"), value: 2.5 },
        { labels: participation("15m"), value: 2.5 },
        { labels: participation("1h"), value: 10.5 / 41 / 0.2 },
      ],
    }),
    few({ "4h": [{ labels: runs("2h"), value: 1 / (1 - 0.95) }] }),
    nothing({ "30m": [] }),
  ],
  "slo:error_budget:remaining": [
    minutes({
      // Of an hour twelve minutes may be bad, also when it has just begun.
      "10m": [{ labels: participation("1h"), value: 1 }],
      "25m": [{ labels: participation("1h"), value: 1 - 3 / 12 }],
      "59m": [{ labels: participation("1h"), value: 1 - 20 / 12 }],
    }),
    tens({
      "1h": [{ labels: runs("1d"), value: 1 }],
      "4h": [{ labels: runs("1d"), value: 1 - 12 / (23 * 0.05) }],
    }),
    few({ "4h": [] }),
    nothing({ "30m": [] }),
  ],
};
