/** Alerts on what goes into Prometheus and out of it. */
import { series, told, type AlertCases, type Case, type Fired } from "../alert-case";

const self = {
  federation: "demo",
  host: "monitoring",
  instance: "localhost:9090",
  job: "prometheus",
};

type Series = Record<string, string>;

const own = (metric: string, text: string, labels: Series = {}): Series => ({
  [series(metric, { ...self, ...labels })]: text,
});

const story = (
  name: string,
  interval: string,
  all: Series,
  expect: Record<string, Fired[]>,
): Case => ({ name, interval, series: all, expect });

/** What it keeps, in GB, by the story's notation. */
const storage = (blocks: string): Series => ({
  ...own("prometheus_tsdb_storage_blocks_bytes", blocks),
  ...own("prometheus_tsdb_wal_storage_size_bytes", "1000000000x400"),
  ...own("prometheus_tsdb_head_chunks_storage_size_bytes", "500000000x400"),
});

function large(size: string): Fired {
  return told("PrometheusStorageLarge", self, {
    summary: `Prometheus keeps ${size} of samples`,
    description:
      `Prometheus on monitoring uses ${size}, more than the 50 GiB that the stack gives it; how full the disk ` +
      "is, it cannot tell. Likely: more hosts or series than before, or a longer retention.",
  });
}

export const prometheusStorageLarge: AlertCases = {
  fires: [
    story(
      "it grows, until the retention is shortened",
      "10m",
      storage("53000000000x40 9000000000x60"),
      {
        "0s": [],
        "10m": [large("50.76GiB")],
        "6h40m": [large("50.76GiB")],
        "9h50m": [],
      },
    ),
  ],
  silent: [
    story("it keeps what it should", "10m", storage("20000000000x100"), { "1h": [], "10h": [] }),
    story(
      "a new block is there before those it was made of are gone",
      "10m",
      {
        ...storage("45000000000x20 56000000000x2 45000000000x40"),
      },
      { "3h20m": [], "3h40m": [], "6h": [] },
    ),
  ],
};

const url = { alertmanager: "http://alertmanager:9093/api/v2/alerts" };
const sending = (sent: string, dropped: string): Series => ({
  ...own("prometheus_notifications_sent_total", sent, url),
  ...own("prometheus_notifications_dropped_total", dropped, url),
});

function losing(share: string): Fired {
  return told("PrometheusNotificationsFailing", self, {
    summary: `Prometheus loses ${share} of its alerts`,
    description:
      `Of the alerts that Prometheus on monitoring sent to Alertmanager, ${share} were lost. Somebody may not be ` +
      "called. Likely: Alertmanager restarts again and again, refuses them or is overloaded.",
  });
}

export const prometheusNotificationsFailing: AlertCases = {
  fires: [
    story("one of three alerts is lost", "30s", sending("0+2x30 60+3x60", "0+1x30 30x60"), {
      "1m": [],
      "1m30s": [losing("33.33%")],
      "15m": [losing("33.33%")],
      "25m30s": [],
    }),
  ],
  silent: [
    story("every alert is taken", "30s", sending("0+2x60", "0x60"), { "5m": [], "30m": [] }),
    story("nothing has to be sent", "30s", sending("0x60", "0x60"), { "5m": [], "30m": [] }),
    story("an up replaces Alertmanager", "30s", sending("0+3x20 60x2 60+3x30", "0x20 3 6x40"), {
      "11m": [],
      "12m": [],
      "20m": [],
    }),
  ],
};

const discovered = (text: string): Series =>
  own("prometheus_notifications_alertmanagers_discovered", text);

export const prometheusWithoutAlertmanager: AlertCases = {
  fires: [
    story(
      "a configuration without Alertmanager, until it is put right",
      "30s",
      discovered("1x2 0x5 1x10"),
      {
        "2m": [],
        "2m30s": [
          told("PrometheusWithoutAlertmanager", self, {
            summary: "Prometheus knows no Alertmanager",
            description:
              "Prometheus on monitoring has 0 Alertmanagers to send alerts to. What it evaluates reaches nobody. " +
              "Likely: its configuration is not the stack's.",
          }),
        ],
        "4m30s": [],
      },
    ),
  ],
  silent: [
    story("it knows one", "30s", discovered("1x40"), { "5m": [], "20m": [] }),
    story("it has just started", "30s", discovered("_x2 0 1x20"), { "1m": [], "2m": [], "5m": [] }),
  ],
};

const outOfOrder = (text: string): Series =>
  own("prometheus_target_scrapes_sample_out_of_order_total", text);

function refusing(count: string): Fired {
  return told(
    "PrometheusSamplesRefused",
    { ...self, cause: "out of order" },
    {
      summary: "Prometheus refuses what it scrapes: out of order",
      description:
        `Prometheus on monitoring refused ${count} samples or scrapes within 10m: out of order. Some series have ` +
        "gaps. Likely: two targets with the same labels, an exporter with times of its own, or a clock that jumped.",
    },
  );
}

export const prometheusSamplesRefused: AlertCases = {
  fires: [
    story(
      "two targets send the same series, until one is gone",
      "30s",
      outOfOrder("0+5x60 300x60"),
      {
        "15m": [],
        "15m30s": [refusing("100")],
        "30m": [refusing("100")],
        "40m30s": [],
      },
    ),
  ],
  silent: [
    story("everything is taken", "30s", outOfOrder("0x100"), { "16m": [], "40m": [] }),
    story("a clock jumped once", "30s", outOfOrder("0x10 400x100"), {
      "6m": [],
      "16m": [],
      "21m": [],
    }),
    story("Prometheus restarts and counts anew", "30s", outOfOrder("400x40 _x2 0x60"), {
      "21m": [],
      "40m": [],
    }),
  ],
};
