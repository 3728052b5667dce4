/** Series that alerts and panels on Flower share. */
import { series, type RecordCase } from "../alert-case";
import { BERN, fl, KIEL, NAMELESS, ofNode, ofRun, RUN, ULM, type Node } from "../cases/flower-kit";

const up = (node: Node): string => ofNode("supernode_up", node);
const age = (node: Node): string => ofNode("supernode_heartbeat_age_seconds", node);
const demo = { federation: "demo" };

const host = (name: string, site: string): string =>
  series("up", { ...demo, host: name, instance: `${name}:9100`, job: "node", site });

const sites: RecordCase[] = [
  {
    name: "hosts with a site and without, a SuperNode on none of them, and one without a name",
    series: {
      [host("supernode-1", "ulm")]: "1 0",
      [host("supernode-2", "")]: "1 1",
      [up(ULM)]: "1 0",
      [up(BERN)]: "1 1",
      [up(KIEL)]: "1 1",
      [up(NAMELESS)]: "1 1",
    },
    expect: {
      "5s": [
        { labels: { ...demo, host: "supernode-1", site: "ulm" }, value: 1 },
        { labels: { ...demo, host: "supernode-2" }, value: 1 },
        { labels: { ...demo, host: "supernode-3" }, value: 1 },
        { labels: demo, value: 1 },
      ],
    },
  },
  {
    name: "a host that changes its site has one at any time",
    series: { [host("supernode-1", "ulm")]: "1 _", [host("supernode-1", "bern")]: "_ 1" },
    expect: { "5s": [{ labels: { ...demo, host: "supernode-1", site: "bern" }, value: 1 }] },
  },
];

const lost: RecordCase[] = [
  {
    name: "those that were online and are not, until the last is back",
    interval: "1m",
    series: {
      [up(ULM)]: "1 0x3 1x9",
      [age(ULM)]: "9 65x3 9x9",
      [up(BERN)]: "1x1 0x1 1x9",
      [age(BERN)]: "9x1 65x1 9x9",
      // Registered, and never there.
      [up(KIEL)]: "0x20",
      [fl("supernodes", { status: "offline" })]: "0 1 2 2 1 0x9",
    },
    expect: {
      "0s": [],
      "1m": [{ labels: demo, value: 1 }],
      "2m": [{ labels: demo, value: 2 }],
      "4m": [{ labels: demo, value: 1 }],
      "5m": [],
    },
  },
];

const rounds = (part: string, strategy: string): string =>
  ofRun(`round_duration_seconds_${part}`, { strategy });

const mean: RecordCase[] = [
  {
    name: "over all strategies of a run, also while the exporter is started again",
    interval: "1m",
    series: {
      [rounds("sum", "FedAvg")]: "60 120 _ 120 120",
      [rounds("count", "FedAvg")]: "1 2 _ 2 2",
      [rounds("sum", "FedProx")]: "_ _ _ _ 60",
      [rounds("count", "FedProx")]: "_ _ _ _ 1",
    },
    expect: {
      "0s": [{ labels: { ...demo, run_id: RUN }, value: 60 }],
      "2m": [{ labels: { ...demo, run_id: RUN }, value: 60 }],
      "4m": [{ labels: { ...demo, run_id: RUN }, value: 60 }],
    },
  },
  {
    name: "of a run without a finished round there is none",
    series: { [rounds("sum", "FedAvg")]: "0", [rounds("count", "FedAvg")]: "0" },
    expect: { "0s": [] },
  },
];

const reply = (node: Node, phase: string): string =>
  ofNode("supernode_reply_seconds", node, { phase });

const median: RecordCase[] = [
  {
    name: "of all SuperNodes, for each phase",
    series: {
      [reply(ULM, "train")]: "10",
      [reply(BERN, "train")]: "30",
      [reply(KIEL, "train")]: "500",
      [reply(ULM, "evaluate")]: "2",
      [reply(BERN, "evaluate")]: "4",
    },
    expect: {
      "0s": [
        { labels: { ...demo, phase: "evaluate" }, value: 3 },
        { labels: { ...demo, phase: "train" }, value: 30 },
      ],
    },
  },
];

const failures = fl("clients_failed_total");
const good = (phase: string): string => fl("client_duration_seconds_count", { phase });

const ratio: RecordCase[] = [
  {
    name: "one of four, of training and evaluation together",
    interval: "1m",
    series: {
      [failures]: "0+1x60",
      [good("train")]: "0+2x60",
      [good("evaluate")]: "0+1x60",
    },
    expect: { "40m": [{ labels: demo, value: 0.25 }] },
  },
  {
    name: "no good answer was ever counted: all of them",
    interval: "1m",
    series: { [failures]: "0+1x60" },
    expect: { "40m": [{ labels: demo, value: 1 }] },
  },
  {
    name: "nobody was asked: no share, and no NaN",
    interval: "1m",
    series: { [failures]: "7x60", [good("train")]: "90x60" },
    expect: { "40m": [] },
  },
];

const info = (run_id: string, app: string): string =>
  fl("run_info", { run_id, exported_federation: "@none/default", app, strategy: "FedAvg" });
const bytes = (run_id: string): string => fl("model_bytes", { run_id });

const models: RecordCase[] = [
  {
    name: "the largest of each app's runs; of one without a name there is none",
    series: {
      [info("1", "a")]: "1",
      [bytes("1")]: "100",
      [info("2", "a")]: "1",
      [bytes("2")]: "300",
      [info("3", "b")]: "1",
      [bytes("3")]: "7",
      [info("4", "")]: "1",
      [bytes("4")]: "9999",
      // Its bytes are not known.
      [info("5", "c")]: "1",
    },
    expect: {
      "0s": [
        { labels: { ...demo, app: "a" }, value: 300 },
        { labels: { ...demo, app: "b" }, value: 7 },
      ],
    },
  },
];

export const flowerRecordCases: Record<string, RecordCase[]> = {
  "host:site:info": sites,
  "federation:fl_supernodes:lost": lost,
  "run:fl_round_duration_seconds:mean": mean,
  "federation:fl_supernode_reply_seconds:median": median,
  "federation:fl_client_failures:ratio30m": ratio,
  "app:fl_model_bytes:max": models,
};
