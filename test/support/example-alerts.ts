/** Which alerts the example stack has, and whose they are, by the rules themselves. */
import { alerting } from "../../components/alerting";
import { signalsOf } from "../../components/render/host-exporters";
import { prometheusOwn } from "../../rules";
import { bare } from "../rules/alert-case";
import { exampleConfig } from "./example-stack";

export interface ExampleAlerts {
  /** Groups that move between the evaluators. */
  groups: string[];
  /** Names of their alerts, sorted. */
  alerts: string[];
  /** Names of the alerts that Prometheus evaluates in any case, sorted. */
  always: string[];
}

export function exampleAlerts(): ExampleAlerts {
  const config = exampleConfig();
  const hosts = config.hosts.map((host) => ({
    name: host.name,
    role: host.role,
    bundleHash: "0".repeat(64),
    signals: signalsOf(host, config.context),
  }));
  const evaluated = { ...config, alerting: { ...config.alerting, evaluator: "grafana" as const } };
  const groups = alerting(evaluated, hosts).grafana;
  const names = (of: typeof groups): string[] =>
    of.flatMap(({ alerts }) => alerts.map(({ alert }) => alert)).sort();
  return {
    groups: groups.map(({ name }) => name),
    alerts: names(groups),
    always: names(prometheusOwn(bare).alerts),
  };
}
