/** Alerts on the clients of a federation together: too few of them, or too many that fail. */
import { hostsWith, type Alert, type AlertGroup, type Inventory } from "../rule";
import type { Thresholds } from "../thresholds";
import { grown, last, ofRun, percent, RUN, running } from "./flower-series";
import { lines } from "../promql";

function connected(thresholds: Thresholds): string {
  return `max by (federation) (${last("fl_clients_connected", thresholds)})`;
}

/** Value: the share of a round's clients whose SuperNodes are gone. */
function roundDropout(thresholds: Thresholds): Alert {
  const selected = ofRun("fl_clients_selected", thresholds);
  return {
    alert: "FLExcessiveClientDropout",
    expr: lines(
      `(${selected} - on (federation) group_left () ${connected(thresholds)})`,
      `    / ${selected} > ${1 - thresholds.dropoutShare}`,
      `  and on (${RUN}) ${running(thresholds)}`,
    ),
    for: thresholds.roundDropoutFor,
    severity: "warning",
    summary:
      "{{ $value | humanizePercentage }} of the clients of run {{ $labels.run_id }} have dropped out",
    description:
      "Run {{ $labels.run_id }} selected clients for its round of which {{ $value | humanizePercentage }} are not " +
      "online any more: the round's average stands for the others alone. Likely: a site or the network between " +
      "sites and SuperLink is down, or SuperNodes were stopped.",
    dashboard: "clients",
    link: ["run_id"],
  };
}

/** Value: SuperNodes that are online. */
function dropout(thresholds: Thresholds): Alert {
  const { clientDropoutWindow: window, dropoutShare } = thresholds;
  const usual = `max by (federation) (quantile_over_time(0.5, fl_clients_connected[${window}]))`;
  return {
    alert: "ClientDropout",
    expr: `${connected(thresholds)} < ${dropoutShare} * ${usual}`,
    for: thresholds.clientDropoutFor,
    severity: "warning",
    summary: "Only {{ $value }} SuperNodes of {{ $labels.federation }} are online",
    description:
      "{{ $value }} SuperNodes are online in federation {{ $labels.federation }}, under " +
      `${percent(dropoutShare)} % of what was usual in the last ${window}. Likely: sites were switched off, the ` +
      "network to them is cut, or SuperNodes were stopped in order, which no other alert tells.",
    dashboard: "clients",
  };
}

/**
 * Value: failures within half an hour. Good answers are counted with the hook alone; where runs without
 * it were there, failures are held against rounds instead: one and more in each.
 */
function failureRate(thresholds: Thresholds, hooked: boolean): Alert {
  const { clientFailureShare, clientFailureMin } = thresholds;
  const counted = (metric: string): string => `sum by (federation) (increase(${metric}[30m]))`;
  const failures = `${counted("fl_clients_failed_total")} >= ${clientFailureMin}`;
  const perRound = `${counted("fl_clients_failed_total")} > ${counted("fl_rounds_completed_total")}`;
  const withoutHook = 'max_over_time(fl_run_source{source="logs"}[30m])';
  const expr = hooked
    ? lines(
        failures,
        "  and on (federation) (",
        "    federation:fl_client_failures:ratio30m",
        `        > ${clientFailureShare}`,
        `      unless on (federation) ${withoutHook}`,
        "    or",
        `    ${perRound}`,
        `      and on (federation) ${withoutHook}`,
        "  )",
      )
    : lines(failures, `  and ${perRound}`);
  return {
    alert: "FLClientFailureRate",
    expr,
    for: thresholds.clientFailureFor,
    severity: "warning",
    summary: "Clients of {{ $labels.federation }} fail often",
    description:
      '{{ printf "%.0f" $value }} failures of clients in federation {{ $labels.federation }} within 30 minutes, over ' +
      `${percent(clientFailureShare)} % of all that were asked (of runs without the hook: one and more in each ` +
      "round). Likely: one site whose ClientApp always fails, or a new version of the app.",
    dashboard: "clients",
  };
}

/** Value: messages of the run that were lost. */
function messagesExpired(thresholds: Thresholds): Alert {
  const { messagesExpiredWindow: window } = thresholds;
  const lost = 'fl_run_clients_failed_total{cause="message_lost"}';
  return {
    alert: "MessagesExpired",
    expr: `${grown(RUN, lost, window, thresholds)} > 0`,
    for: thresholds.countedFor,
    severity: "warning",
    summary: "Messages of run {{ $labels.run_id }} expired",
    description:
      "{{ $value }} messages of run {{ $labels.run_id }}, or their replies, were gone before the client had " +
      "answered: their time to live was over. Likely: the app gives its messages less time than clients need, " +
      "or a client waits behind another run for its turn.",
    dashboard: "run-explorer",
    link: ["run_id"],
  };
}

export function clientAlerts(inventory: Inventory): AlertGroup {
  const { thresholds } = inventory;
  const hooked = hostsWith(inventory, "hook").length > 0;
  const alerts = [
    roundDropout(thresholds),
    dropout(thresholds),
    failureRate(thresholds, hooked),
    messagesExpired(thresholds),
  ];
  return { name: "clients", alerts: hostsWith(inventory, "flower").length === 0 ? [] : alerts };
}
