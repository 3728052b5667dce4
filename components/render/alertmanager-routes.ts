import type { AlertingConfig, Severity } from "../config/alerting-schema";
import { SEVERITIES } from "../config/alerting-schema";

/** Gets what no person is to hear of. No receiver of the config can have such a name. */
export const NOBODY = "flower-monitoring/nobody";
/** Gets Watchdog, where there is a dead man's switch. */
export const DEAD_MANS_SWITCH = "flower-monitoring/dead-mans-switch";

/** Name of the test alert that proves a receiver; its label `receiver` says which. */
export const DELIVERY_TEST = "FlowerMonitoringDeliveryTest";

/**
 * Seconds between two looks at the test alert, and longest that Alertmanager tries one notification of
 * it: it gives up after a group's interval, but not before 10 s.
 */
export const DELIVERY_TEST_INTERVAL = 15;

type Route = Record<string, unknown>;

/**
 * The routing tree: first what is for machines, then the sites, which are told beside the others, then
 * the user's own routes, then the severities; the default receiver gets the rest.
 */
export function renderRoute(alerting: AlertingConfig): Route {
  const { groupWait, groupInterval, repeatInterval } = alerting.timing;
  const people = [...alerting.routes, ...severityRoutes(alerting)];
  const sites = siteRoutes(alerting);
  return {
    receiver: alerting.defaultReceiver,
    group_by: groupLabels(alerting.groupBy),
    group_wait: groupWait,
    group_interval: groupInterval,
    repeat_interval: repeatInterval,
    routes: [
      ...deliveryTest(alerting),
      machines(alerting),
      ...sites,
      // A site that took an alert would keep it from the default receiver: this route takes it on.
      ...(sites.length > 0 ? [{ receiver: alerting.defaultReceiver, routes: people }] : people),
    ],
  };
}

/** Never two severities in one group: a pager that has a warning would not ring again. */
function groupLabels(labels: string[]): string[] {
  return labels.includes("...") ? labels : [...new Set([...labels, "severity"])];
}

/** Each test in a group of its own, so that a later one is news again. */
function deliveryTest({ receivers }: AlertingConfig): Route[] {
  const proven = receivers.filter(({ verify }) => verify);
  if (proven.length === 0) return [];
  return [
    {
      matchers: [`alertname="${DELIVERY_TEST}"`],
      receiver: NOBODY,
      group_by: ["alertname", "receiver", "test"],
      group_wait: "0s",
      group_interval: `${DELIVERY_TEST_INTERVAL}s`,
      routes: proven.map(({ name }) => ({ matchers: [`receiver="${name}"`], receiver: name })),
    },
  ];
}

/** Severity none. Watchdog goes out every minute: after 50 s the next look of 30 s finds it due. */
function machines({ deadMansSwitch }: AlertingConfig): Route {
  const watchdog = {
    matchers: ['alertname="Watchdog"'],
    receiver: DEAD_MANS_SWITCH,
    group_wait: "0s",
    group_interval: "30s",
    repeat_interval: "50s",
  };
  return {
    matchers: ['severity="none"'],
    receiver: NOBODY,
    ...(deadMansSwitch === undefined ? {} : { routes: [watchdog] }),
  };
}

function siteRoutes(alerting: AlertingConfig): Route[] {
  const muted = SEVERITIES.filter((severity) => mutesOf(alerting, severity).length > 0);
  return Object.entries(alerting.sites).flatMap(([site, receivers]) =>
    receivers.map((receiver) => ({
      matchers: [`site=${JSON.stringify(site)}`],
      receiver,
      continue: true,
      ...(muted.length === 0
        ? {}
        : { routes: muted.map((severity) => severityRoute(alerting, severity)) }),
    })),
  );
}

/** For each severity that has receivers of its own, or that is muted at times. */
function severityRoutes(alerting: AlertingConfig): Route[] {
  return SEVERITIES.flatMap((severity) => {
    const muted = mutesOf(alerting, severity).length > 0;
    const receivers = alerting.routing[severity] ?? (muted ? [alerting.defaultReceiver] : []);
    return receivers.map((receiver, index) => ({
      ...severityRoute(alerting, severity),
      receiver,
      ...(index < receivers.length - 1 ? { continue: true } : {}),
    }));
  });
}

function severityRoute(alerting: AlertingConfig, severity: Severity): Route {
  const mutes = mutesOf(alerting, severity);
  return {
    matchers: [`severity="${severity}"`],
    ...(mutes.length === 0 ? {} : { mute_time_intervals: mutes }),
  };
}

function mutesOf({ muteTimings }: AlertingConfig, severity: Severity): string[] {
  return muteTimings
    .filter(({ severities }) => severities.includes(severity))
    .map(({ name }) => name);
}
