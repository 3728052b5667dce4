import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inhibitions } from "../../rules/inhibitions";
import type { AlertingConfig } from "../config/alerting-schema";
import {
  caFile,
  renderReceiver,
  url,
  type AlertmanagerPaths,
  type RenderedReceiver,
} from "./alertmanager-receivers";
import { DEAD_MANS_SWITCH, NOBODY, renderRoute } from "./alertmanager-routes";
import type { ConfigFile } from "./config-push";
import { toYaml } from "./prometheus-config";

/** What notifications say, in Alertmanager's template language. */
const TEMPLATES = join(__dirname, "../../rules/notifications.tmpl");

/** alertmanager.yml, ready for `amtool check-config`, and the files that it names beside it. */
export function renderAlertmanagerConfig(
  alerting: AlertingConfig,
  paths: AlertmanagerPaths,
): ConfigFile[] {
  const config = {
    templates: ["*.tmpl"],
    route: renderRoute(alerting),
    inhibit_rules: inhibitions.map(({ source, target, equal }) => ({
      source_matchers: source,
      target_matchers: target,
      equal,
    })),
    ...timeIntervals(alerting),
    receivers: [
      ...alerting.receivers.map((receiver) => renderReceiver(receiver, paths)),
      ...machines(alerting, paths),
    ],
  };
  return [
    { path: "alertmanager.yml", content: toYaml(config) },
    { path: "notifications.tmpl", content: readFileSync(TEMPLATES, "utf8") },
    ...alerting.receivers.flatMap(({ name, email }) =>
      email?.ca === undefined ? [] : [{ path: caFile(name), content: email.ca }],
    ),
  ];
}

function timeIntervals({ muteTimings }: AlertingConfig): object {
  if (muteTimings.length === 0) return {};
  return {
    time_intervals: muteTimings.map(({ name, intervals }) => ({ name, time_intervals: intervals })),
  };
}

function machines(
  { deadMansSwitch }: AlertingConfig,
  paths: AlertmanagerPaths,
): RenderedReceiver[] {
  if (deadMansSwitch === undefined) return [{ name: NOBODY }];
  // When Prometheus dies Watchdog ends, and word of that would count as a sign of life.
  const webhook = { ...url(deadMansSwitch, paths), send_resolved: false };
  return [{ name: NOBODY }, { name: DEAD_MANS_SWITCH, webhook_configs: [webhook] }];
}
