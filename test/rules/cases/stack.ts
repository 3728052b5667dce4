/** Alerts on the services of the monitoring VM. */
import { series, told, type AlertCases, type Case, type Fired } from "../alert-case";

type Series = Record<string, string>;

const service = (job: string, instance: string): Series => ({
  ...{ federation: "demo", host: "monitoring", instance, job },
});
const alertmanager = service("alertmanager", "alertmanager:9093");
const grafana = service("grafana", "grafana:3000");

const story = (name: string, all: Series, expect: Record<string, Fired[]>): Case => ({
  name,
  interval: "30s",
  series: all,
  expect,
});

/** Cases of an alert on a service that does not answer. */
function down(target: Series, fired: Fired): AlertCases {
  const up = (text: string): Series => ({ [series("up", target)]: text });
  return {
    fires: [
      story("it is stopped, until somebody starts it", up("1x2 0x9 1x10"), {
        "3m": [],
        "3m30s": [fired],
        "6m": [fired],
        "6m30s": [],
      }),
    ],
    silent: [
      story("it answers", up("1x40"), { "5m": [], "20m": [] }),
      story("an up replaces its container", up("1x2 0x2 1x20"), {
        "2m": [],
        "3m30s": [],
        "6m": [],
      }),
      story(
        "another service is down",
        { [series("up", service("other", "other:1"))]: "0x20" },
        {
          "5m": [],
          "10m": [],
        },
      ),
    ],
  };
}

export const alertmanagerDown = down(
  alertmanager,
  told("AlertmanagerDown", alertmanager, {
    summary: "Alertmanager is down: nobody is told of anything",
    description:
      "Prometheus gets no answer from Alertmanager (alertmanager:9093). Until it is back no alert reaches " +
      "anybody, this one neither: the dead man's switch calls. Likely: its container was stopped or ends at " +
      "once, out of memory or by a volume that cannot be written.",
  }),
);

export const grafanaDown = down(
  grafana,
  told("GrafanaDown", grafana, {
    summary: "Grafana is down: no alert is evaluated",
    description:
      "Prometheus gets no answer from Grafana (grafana:3000). It evaluates the alerts: until it is back only " +
      "Prometheus' own are left. Likely: its container was stopped or ends at once, out of memory or by a " +
      "volume that cannot be written.",
  }),
);

const reload = (text: string): Series => ({
  [series("alertmanager_config_last_reload_successful", alertmanager)]: text,
});

const refused = told("AlertmanagerConfigReloadFailed", alertmanager, {
  summary: "Alertmanager refused its configuration",
  description:
    "The last reload of Alertmanager on monitoring failed: it works on with the receivers and routes before. A " +
    "restart would end it. Likely: a file in its volume was edited by hand, or an up was killed in the middle.",
});

export const alertmanagerConfigReloadFailed: AlertCases = {
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
  ],
};

const notifications = (text: string, labels: Series): Series => ({
  [series("alertmanager_notifications_failed_total", { ...alertmanager, ...labels })]: text,
});
const pager = { integration: "pagerduty", receiver_name: "pager" };
const chat = { integration: "slack", receiver_name: "chat" };

function untold(receiver: typeof pager, count: string): Fired {
  const { receiver_name: name, integration } = receiver;
  return told(
    "AlertmanagerNotificationsFailing",
    { ...alertmanager, ...receiver },
    {
      summary: `${name} is not told of alerts by ${integration}`,
      description:
        `${count} notifications to ${name} were given up within 15m (${integration}), after all tries. Likely: the ` +
        "service is down or refuses the credentials, or the monitoring VM cannot reach it.",
    },
  );
}

export const alertmanagerNotificationsFailing: AlertCases = {
  fires: [
    story(
      "a receiver refuses, for two reasons, at each group interval; another one takes all",
      {
        ...notifications("0x9 1x9 2x9 3x100", { ...pager, reason: "serverError" }),
        ...notifications("0x9 0x9 1x109", { ...pager, reason: "contextDeadlineExceeded" }),
        ...notifications("0x130", { ...chat, reason: "serverError" }),
      },
      { "5m30s": [], "6m": [untold(pager, "1")], "20m": [untold(pager, "3")], "29m30s": [] },
    ),
  ],
  silent: [
    story(
      "every receiver takes its notifications",
      notifications("0x60", { ...pager, reason: "other" }),
      {
        "10m": [],
        "30m": [],
      },
    ),
    story(
      "a reload cuts a notification short, which is tried again",
      notifications("0x10 1x60", { ...pager, reason: "contextCanceled" }),
      { "6m": [], "10m": [], "30m": [] },
    ),
    story(
      "a reload counts anew after faults of long ago",
      notifications("7x40 0x60", { ...pager, reason: "serverError" }),
      { "20m": [], "25m": [], "45m": [] },
    ),
  ],
};

const started = (target: Series, text: string): Series => ({
  [series("process_start_time_seconds", target)]: text,
});

function again(count: number): Fired {
  return told("MonitoringServiceRestarting", alertmanager, {
    summary: `alertmanager has restarted ${count} times`,
    description:
      `alertmanager on monitoring has started ${count} times again within 1h: there are gaps in what it does. ` +
      "Likely: it runs out of the memory that its container may have, or its volume is full.",
  });
}

export const monitoringServiceRestarting: AlertCases = {
  fires: [
    story(
      "a service ends every five minutes, until it gets more memory",
      started(alertmanager, "100x9 400x9 700x9 1000x9 1000x150"),
      { "15m30s": [], "16m": [again(3)], "1h4m": [again(3)], "1h5m": [] },
    ),
  ],
  silent: [
    story("it runs", started(alertmanager, "100x200"), { "30m": [], "1h30m": [] }),
    story("two ups within an hour", started(alertmanager, "100x20 600x40 1800x100"), {
      "31m": [],
      "1h10m": [],
    }),
    story(
      "an exporter on a host restarts",
      started(service("node", "10.0.0.1:9100"), "1 2 3 4 5 6x9"),
      {
        "3m30s": [],
        "6m": [],
      },
    ),
  ],
};
