/** Alerts on Prometheus, by what it tells of itself. */
import { series, told, type AlertCases, type Case, type Fired } from "../alert-case";

const self = {
  federation: "demo",
  host: "monitoring",
  instance: "localhost:9090",
  job: "prometheus",
};

/** A metric of Prometheus' own. */
const own = (
  metric: string,
  text: string,
  labels: Record<string, string> = {},
): Record<string, string> => ({ [series(metric, { ...self, ...labels })]: text });

/** Stories with a value each half minute. */
const story = (
  name: string,
  all: Record<string, string>,
  expect: Record<string, Fired[]>,
): Case => ({ name, interval: "30s", series: all, expect });

const reload = (text: string): Record<string, string> =>
  own("prometheus_config_last_reload_successful", text);

const refused = told("PrometheusConfigReloadFailed", self, {
  summary: "Prometheus refused its configuration",
  description:
    "The last reload of Prometheus on monitoring failed: it works on with the configuration before, and does " +
    "not know what was changed since. A restart would end it. Likely: a file in its volume was edited by hand, " +
    "or an up was killed in the middle.",
});

export const prometheusConfigReloadFailed: AlertCases = {
  fires: [
    story("a reload fails, until one succeeds", reload("1x3 0x9 1x10"), {
      "2m30s": [],
      "3m": [refused],
      "6m30s": [refused],
      "7m": [],
    }),
  ],
  silent: [
    story("reloads succeed", reload("1x40"), { "5m": [], "20m": [] }),
    story("an up puts the old release back at once", reload("1x3 0 1x20"), {
      "2m30s": [],
      "5m": [],
    }),
    story("Prometheus restarts, and a scrape is missing", reload("1x3 _x2 1x20"), {
      "2m30s": [],
      "5m": [],
    }),
  ],
};

const GROUP = "/etc/prometheus/current/rules/recording.yml;slo";
const rules = (failures: string): Record<string, string> =>
  own("prometheus_rule_evaluation_failures_total", failures, { rule_group: GROUP });

function failing(count: string): Fired {
  return told(
    "PrometheusRuleFailures",
    { ...self, rule_group: GROUP },
    {
      summary: `Rules fail in Prometheus: ${GROUP}`,
      description:
        `${count} evaluations of rules in ${GROUP} failed within 10m: what they compute or watch for is unknown. ` +
        "Likely: two series where a rule expects one (a host that is scraped twice), a rule of your own, or a " +
        "query that needs too much.",
    },
  );
}

export const prometheusRuleFailures: AlertCases = {
  fires: [
    story("a rule fails at every evaluation, until it is put right", rules("0x3 1+1x20 21x40"), {
      "2m30s": [],
      "3m": [failing("3")],
      "10m": [failing("17")],
      "22m30s": [],
    }),
  ],
  silent: [
    story("all rules can be evaluated", rules("0x60"), { "5m": [], "30m": [] }),
    story("rules failed long ago", rules("17x60"), { "5m": [], "30m": [] }),
    story("Prometheus restarts and counts anew", rules("17x10 _x2 0x40"), { "7m": [], "15m": [] }),
  ],
};

const groups = (missed: string, all: string): Record<string, string> => ({
  ...own("prometheus_rule_group_iterations_missed_total", missed, { rule_group: GROUP }),
  ...own("prometheus_rule_group_iterations_total", all, { rule_group: GROUP }),
});

function late(share: string): Fired {
  return told(
    "PrometheusRuleGroupsMissed",
    { ...self, rule_group: GROUP },
    {
      summary: `Prometheus is late with the rules of ${GROUP}`,
      description:
        `${share} of the evaluations of ${GROUP} were left out, since the ones before took too long: alerts come ` +
        "late. Likely: the monitoring VM is overloaded, or a rule of your own looks at too much.",
    },
  );
}

export const prometheusRuleGroupsMissed: AlertCases = {
  fires: [
    story("every second evaluation is left out", groups("0+1x30 30x40", "0+2x70"), {
      "1m": [],
      "2m": [late("50%")],
      "15m": [late("50%")],
      "24m": [],
    }),
  ],
  silent: [
    story("none is left out", groups("0x60", "0+2x60"), { "5m": [], "25m": [] }),
    story("the machine was held up once", groups("0x10 1x50", "0+2x60"), { "6m": [], "10m": [] }),
    story("Prometheus restarts", groups("9x10 _x2 0x40", "90+2x10 _x2 0+2x40"), {
      "7m": [],
      "15m": [],
    }),
  ],
};

/** Cases of an alert that any of several counters makes fire. */
function counters(
  metric: string,
  other: string,
  fired: (count: string) => Fired,
  window: { counted: string; end: string },
): AlertCases {
  return {
    fires: [
      story("it fails now and again, until the cause is gone", own(metric, "0x3 1+1x10 11x160"), {
        "2m30s": [],
        "3m": [fired("3")],
        "8m": [fired(window.counted)],
        [window.end]: [],
      }),
    ],
    silent: [
      story(
        "nothing fails",
        { ...own(metric, "0x200"), ...own(other, "0x200") },
        {
          "5m": [],
          "1h30m": [],
        },
      ),
      story("it failed long ago", own(metric, "4x200"), { "5m": [], "1h30m": [] }),
      story("Prometheus restarts and counts anew", own(metric, "4x10 _x2 0x40"), {
        "7m": [],
        "15m": [],
      }),
    ],
  };
}

export const prometheusWalFailing = counters(
  "prometheus_tsdb_wal_writes_failed_total",
  "prometheus_tsdb_wal_corruptions_total",
  (count) =>
    told(
      "PrometheusWalFailing",
      { ...self, operation: "write to the WAL" },
      {
        summary: "Prometheus loses samples: write to the WAL fails",
        description:
          `Prometheus on monitoring failed ${count} times within 1h: write to the WAL. What it scrapes may not be ` +
          "kept, and alerts may miss what they look for. Likely: the disk of the monitoring VM is full, read-only " +
          "or broken.",
      },
    ),
  { counted: "11", end: "1h8m" },
);

export const prometheusCompactionFailing = counters(
  "prometheus_tsdb_compactions_failed_total",
  "prometheus_tsdb_reloads_failures_total",
  (count) =>
    told(
      "PrometheusCompactionFailing",
      { ...self, operation: "compaction" },
      {
        summary: "Prometheus cannot tidy up its storage: compaction fails",
        description:
          `Prometheus on monitoring failed ${count} times within 1h: compaction. Nothing is lost yet, but its data ` +
          "grow until the disk is full. Likely: no room for the new block, or a damaged block.",
      },
    ),
  { counted: "11", end: "1h8m" },
);

export const prometheusDiscoveryFailing = counters(
  "prometheus_sd_file_read_errors_total",
  "prometheus_target_sync_failed_total",
  (count) =>
    told(
      "PrometheusDiscoveryFailing",
      { ...self, operation: "read of a target file" },
      {
        summary: "Prometheus does not learn of its targets: read of a target file fails",
        description:
          `Prometheus on monitoring failed ${count} times within 10m: read of a target file. It goes on with the ` +
          "targets that it knew; new hosts are not watched. Likely: a target file was edited by hand, or is not " +
          "readable.",
      },
    ),
  { counted: "11", end: "18m" },
);
