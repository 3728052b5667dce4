/**
 * Flower's context variables, under the names and rules that they have on Flower's own appliances.
 * What differs is FL_METRICS_ENABLED: it is NO there by default, and YES in a stack that is deployed
 * for its metrics. Pure.
 */
import type { ConfigPath, Faults } from "./faults";
import type { HostView } from "./hosts";
import { member } from "./hosts";
import { CADVISOR_PORT, NODE_EXPORTER_PORT } from "./ports";
import type { ContextConfig } from "./schema";
import { read, shapes } from "./shapes";
import * as values from "./values";

export const CONTEXT_DEFAULTS: ContextConfig = {
  logFormat: "text",
  metricsEnabled: true,
  metricsPort: 9101,
  gpuEnabled: false,
  dcgmEnabled: false,
};

/** @returns what is right of it, with defaults for the rest, so that ports can still be compared. */
export function readContext(raw: unknown, faults: Faults): ContextConfig {
  const path = ["context"];
  read(shapes.context, raw, path, faults);
  const or = <T>(key: string, rule: values.Rule, fallback: T): T => {
    const value = member(raw, key);
    return value === undefined || rule(value) !== undefined ? fallback : (value as T);
  };
  const flag = (key: string, fallback: boolean): boolean =>
    or<string>(key, values.yesNo, fallback ? "YES" : "NO") === "YES";
  const config: ContextConfig = {
    logFormat: or("FL_LOG_FORMAT", values.logFormat, CONTEXT_DEFAULTS.logFormat),
    metricsEnabled: flag("FL_METRICS_ENABLED", CONTEXT_DEFAULTS.metricsEnabled),
    metricsPort: or("FL_METRICS_PORT", values.metricsPort, CONTEXT_DEFAULTS.metricsPort),
    gpuEnabled: flag("FL_GPU_ENABLED", CONTEXT_DEFAULTS.gpuEnabled),
    dcgmEnabled: flag("FL_DCGM_ENABLED", CONTEXT_DEFAULTS.dcgmEnabled),
  };
  const loss = or<string | undefined>("FL_LOSS_METRIC", values.metricName, undefined);
  const accuracy = or<string | undefined>("FL_ACCURACY_METRIC", values.metricName, undefined);
  if (loss !== undefined) config.lossMetric = loss;
  if (accuracy !== undefined) config.accuracyMetric = accuracy;
  checkGpu(member(raw, "FL_GPU_ENABLED"), config, path, faults);
  return config;
}

/** GPU metrics come from the GPUs that Flower was given. */
function checkGpu(gpu: unknown, config: ContextConfig, path: ConfigPath, faults: Faults): void {
  // A FL_GPU_ENABLED that is wrong in itself was reported; it may have been meant as YES.
  if (!config.dcgmEnabled || config.gpuEnabled) return;
  if (gpu !== undefined && values.yesNo(gpu) !== undefined) return;
  faults.value(
    [...path, "FL_DCGM_ENABLED"],
    "YES",
    "NO, or YES together with FL_GPU_ENABLED: YES",
    "set FL_GPU_ENABLED: YES where SuperNodes train on GPUs, or FL_DCGM_ENABLED: NO",
  );
}

/** The SuperLink shares its host with the exporters, and they with each other. */
export function checkExporterPorts(
  hosts: readonly HostView[],
  { metricsEnabled, metricsPort }: ContextConfig,
  faults: Faults,
): void {
  for (const { path, role, controlApi, containerMetrics } of hosts) {
    const owners = new Map([[NODE_EXPORTER_PORT, "node_exporter"]]);
    if (containerMetrics) owners.set(CADVISOR_PORT, "cAdvisor (flower.containerMetrics)");
    if (role === "superlink" && metricsEnabled) {
      const other = owners.get(metricsPort);
      if (other !== undefined)
        portClash(["context", "FL_METRICS_PORT"], metricsPort, other, faults);
      else owners.set(metricsPort, "the Flower exporter (context.FL_METRICS_PORT)");
    }
    if (controlApi === undefined) continue;
    const owner = owners.get(controlApi.port);
    if (owner === undefined) continue;
    portClash([...path, "flower", "controlApi"], controlApi.port, owner, faults);
  }
}

export function portClash(path: ConfigPath, port: number, owner: string, faults: Faults): void {
  faults.value(
    path,
    port,
    "a port that nothing else on this host uses",
    `choose another: ${owner} has ${port}`,
  );
}
