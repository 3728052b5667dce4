import type { AlertCases } from "../alert-case";
import { certificateCases } from "./certificates";
import { containerCases } from "./containers";
import { gpuCostCases } from "./gpu-cost";
import { gpuErrorCases } from "./gpu-errors";
import { gpuExporterCases } from "./gpu-exporter";
import { gpuLimitCases } from "./gpu-limits";
import { gpuMemoryErrorCases } from "./gpu-memory-errors";
import { gpuSpeedCases } from "./gpu-speed";
import { gpuUseCases } from "./gpu-use";
import { hostDiskCases } from "./host-disks";
import { flowerCases } from "./flower";
import { hostDrift } from "./host-drift";
import { hostIoCases } from "./host-io";
import { hostLoadCases } from "./host-load";
import { hostMountCases } from "./host-mounts";
import { hostStateCases } from "./host-state";
import * as platform from "./platform";
import * as prometheus from "./prometheus";
import * as samples from "./prometheus-samples";
import * as slo from "./slo";
import { sloNoData } from "./slo-no-data";
import * as stack from "./stack";
import { targetDown } from "./target-down";
import * as targets from "./targets";
import { watchdog } from "./watchdog";

/** Cases by the alert's name. An alert that is not here fails test/unit/rules.test.ts. */
export const cases: Record<string, AlertCases> = {
  ...flowerCases,
  ...hostStateCases,
  ...hostLoadCases,
  ...hostIoCases,
  ...hostDiskCases,
  ...hostMountCases,
  ...certificateCases,
  ...containerCases,
  ...gpuErrorCases,
  ...gpuMemoryErrorCases,
  ...gpuSpeedCases,
  ...gpuLimitCases,
  ...gpuUseCases,
  ...gpuCostCases,
  ...gpuExporterCases,
  APILatencyHigh: platform.apiLatencyHigh,
  AlertmanagerConfigReloadFailed: stack.alertmanagerConfigReloadFailed,
  AlertmanagerDown: stack.alertmanagerDown,
  AlertmanagerNotificationsFailing: stack.alertmanagerNotificationsFailing,
  DatabaseConnectionsHigh: platform.databaseConnectionsHigh,
  HighErrorRate: platform.highErrorRate,
  GrafanaDown: stack.grafanaDown,
  HostDrift: hostDrift,
  ManyTargetsDown: targets.manyTargetsDown,
  MonitoringServiceRestarting: stack.monitoringServiceRestarting,
  PrometheusCompactionFailing: prometheus.prometheusCompactionFailing,
  PrometheusConfigReloadFailed: prometheus.prometheusConfigReloadFailed,
  PrometheusDiscoveryFailing: prometheus.prometheusDiscoveryFailing,
  PrometheusNotificationsFailing: samples.prometheusNotificationsFailing,
  PrometheusRuleFailures: prometheus.prometheusRuleFailures,
  PrometheusRuleGroupsMissed: prometheus.prometheusRuleGroupsMissed,
  PrometheusSamplesRefused: samples.prometheusSamplesRefused,
  PrometheusStorageLarge: samples.prometheusStorageLarge,
  PrometheusWalFailing: prometheus.prometheusWalFailing,
  PrometheusWithoutAlertmanager: samples.prometheusWithoutAlertmanager,
  SLOBudgetBurnsFast: slo.sloBudgetBurnsFast,
  SLOBudgetBurnsSlowly: slo.sloBudgetBurnsSlowly,
  SLONoData: sloNoData,
  ServiceDown: platform.serviceDown,
  ScrapeSlow: targets.scrapeSlow,
  TargetDown: targetDown,
  Watchdog: watchdog,
};
