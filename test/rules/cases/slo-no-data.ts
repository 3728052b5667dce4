/** The alert on promises of which nothing is known. */
import { series, told, type AlertCases, type Case, type Fired } from "../alert-case";

const target = {
  federation: "demo",
  host: "superlink",
  instance: "172.31.77.11:9101",
  job: "flower",
  role: "superlink",
};

type Series = Record<string, string>;

const flower = (metric: string, text: string, labels: Series = {}): Series => ({
  [series(metric, { ...target, ...labels })]: text,
});

/** An API beside it, which has nothing to do with any of this. */
const api: Series = {
  [series("up", { ...target, host: "10.0.0.20", job: "api", role: "platform" })]: "1x80",
  [series("http_request_duration_seconds_count", { federation: "demo", job: "api" })]: "7x80",
};

const story = (name: string, all: Series, expect: Record<string, Fired[]>): Case => ({
  name,
  interval: "1m",
  series: { ...api, ...all },
  expect,
});

/** What the exporter serves while it is there. */
const measured = (text: string): Series => ({
  ...flower("fl_supernodes", text, { status: "online" }),
  ...flower("fl_runs", text, { status: "pending", sub_status: "" }),
  ...flower("fl_exporter_replayed", text),
});

const WINDOWS = {
  training_success_rate: ["1d", "95%"],
  run_progress: ["7d", "99%"],
  client_participation: ["1h", "80%"],
  supernode_availability: ["30d", "99%"],
  data_freshness: ["30d", "99%"],
  round_time: ["7d", "95%"],
  round_participation: ["7d", "95%"],
} as const;

const blind = (slo: keyof typeof WINDOWS): Fired => {
  const [window, objective] = WINDOWS[slo];
  return told(
    "SLONoData",
    { federation: "demo", slo, window, job: "flower" },
    {
      summary: `${slo} is not measured`,
      description:
        `Nothing has been known of the promise ${slo} (objective ${objective}) for 10m: it is neither kept nor ` +
        "broken. Likely: job flower does not serve what it is measured by, or is not scraped.",
    },
  );
};

export const sloNoData: AlertCases = {
  fires: [
    story(
      "the exporter goes and comes back; that it is down is known all the time",
      { ...measured("1x19 stale _x29 1x20"), ...flower("up", "1x19 0x29 1x20") },
      {
        "33m": [],
        "36m": [
          ...(["training_success_rate", "run_progress", "client_participation"] as const),
          ...(["supernode_availability", "round_time", "round_participation"] as const),
        ].map(blind),
        "51m": [],
      },
    ),
    story(
      "the exporter is scraped and cannot read the runs that ended",
      { ...measured("1x40"), ...flower("up", "1x40"), ...flower("fl_exporter_replayed", "0x40") },
      { "4m": [], "6m": (["round_time", "round_participation"] as const).map(blind) },
    ),
  ],
  silent: [
    story(
      "everything is measured",
      { ...measured("1x60"), ...flower("up", "1x60") },
      {
        "10m": [],
        "50m": [],
      },
    ),
    story(
      "the exporter is replaced and reads again for five minutes",
      {
        ...measured("1x19 _x2 1x60"),
        ...flower("up", "1x19 0x2 1x60"),
        ...flower("fl_exporter_replayed", "1x19 _x2 0x5 1x60"),
      },
      { "22m": [], "30m": [], "40m": [] },
    ),
    story(
      "no run has ever been, and no round",
      {
        ...measured("1x60"),
        ...flower("up", "1x60"),
        ...flower("fl_runs", "0x60", { status: "finished", sub_status: "completed" }),
      },
      { "30m": [], "50m": [] },
    ),
  ],
};
