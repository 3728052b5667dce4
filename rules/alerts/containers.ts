import { grew, indent, lines, recent } from "../promql";
import { hostsWith, type Alert, type AlertGroup, type Inventory } from "../rule";

/** Containers of the host. Ours have alerts of their own. */
const OTHERS = '{name!="",name!~"flower-monitoring-.*"}';

/** A container made anew has another id, and is the same to whoever is told. */
function bySelf(aggregation: "max" | "sum", expr: string): string {
  return lines(`${aggregation} without (id) (`, indent(expr), ")");
}

function restarting({ thresholds }: Inventory): Alert {
  const { containerRestartWindow, containerRestarts, containerFor } = thresholds;
  return {
    alert: "ContainerRestarting",
    // Each start counts: of the same container, and of one that replaces it.
    expr: lines(
      bySelf(
        "sum",
        `changes(container_start_time_seconds${OTHERS}[${containerRestartWindow}]) + 1`,
      ),
      `- 1 >= ${containerRestarts}`,
    ),
    for: containerFor,
    severity: "warning",
    summary: "Container {{ $labels.name }} on {{ $labels.host }} restarts again and again",
    description:
      `Container {{ $labels.name }} ({{ $labels.image }}) on {{ $labels.host }} was started {{ $value }} times within ${containerRestartWindow}, after ` +
      "the first time. Likely: it ends with an error each time; its log has it.",
    dashboard: "containers",
    link: ["host"],
  };
}

function oomKilled({ thresholds }: Inventory): Alert {
  const { oomKillWindow, oomKillFor } = thresholds;
  return {
    alert: "ContainerOomKilled",
    expr: bySelf("sum", grew(`container_oom_events_total${OTHERS}`, oomKillWindow)),
    for: oomKillFor,
    severity: "warning",
    summary: "Container {{ $labels.name }} on {{ $labels.host }} ran out of memory",
    description:
      `Within ${oomKillWindow} the kernel killed processes ({{ $value | humanize }}) of container {{ $labels.name }} ({{ $labels.image }}) on ` +
      "{{ $labels.host }}. Likely: its memory limit is lower than what the training needs.",
    dashboard: "containers",
    link: ["host"],
  };
}

function memoryNearLimit(inventory: Inventory): Alert {
  const { containerMemoryShare, containerMemoryFor } = inventory.thresholds;
  const used = recent(`container_memory_working_set_bytes${OTHERS}`, inventory);
  const limit = recent(`container_spec_memory_limit_bytes${OTHERS}`, inventory);
  return {
    alert: "ContainerMemoryNearLimit",
    // 0 is no limit.
    expr: lines(bySelf("max", `${used} / (${limit} > 0)`), `> ${containerMemoryShare}`),
    for: containerMemoryFor,
    severity: "warning",
    summary:
      "Container {{ $labels.name }} on {{ $labels.host }} uses {{ $value | humanizePercentage }} of its memory",
    description:
      "Container {{ $labels.name }} ({{ $labels.image }}) on {{ $labels.host }} uses {{ $value | humanizePercentage }} of its memory limit, without " +
      "what the kernel could drop. At the limit the kernel kills it. Likely: a larger model or batch, more data loaders, or a leak.",
    dashboard: "containers",
    link: ["host"],
  };
}

function cpuThrottled({ thresholds }: Inventory): Alert {
  const { containerThrottledShare, containerThrottledFor } = thresholds;
  const rate = (metric: string): string =>
    bySelf("sum", `rate(container_cpu_cfs_${metric}_total${OTHERS}[10m])`);
  return {
    alert: "ContainerCpuThrottled",
    expr: lines(rate("throttled_periods"), "/", rate("periods"), `> ${containerThrottledShare}`),
    for: containerThrottledFor,
    severity: "warning",
    summary:
      "Container {{ $labels.name }} on {{ $labels.host }} is held back in {{ $value | humanizePercentage }} of its time",
    description:
      "Container {{ $labels.name }} ({{ $labels.image }}) on {{ $labels.host }} used up its CPU limit in {{ $value | humanizePercentage }} of all periods " +
      "and was stopped until the next. Training in it is slower than the host could be. Likely: the limit is too low, or it has more threads than its limit has cores.",
    dashboard: "containers",
    link: ["host"],
  };
}

function unhealthy(inventory: Inventory): Alert {
  return {
    alert: "ContainerUnhealthy",
    // -1 is a container without a health check.
    expr: bySelf("max", `${recent(`container_health_state${OTHERS}`, inventory)} == 0`),
    for: inventory.thresholds.containerUnhealthyFor,
    severity: "warning",
    summary: "Container {{ $labels.name }} on {{ $labels.host }} fails its health check",
    description:
      "Docker calls container {{ $labels.name }} ({{ $labels.image }}) on {{ $labels.host }} unhealthy, or it starts for that long " +
      "(state {{ $value }}). Likely: what it serves hangs, or waits for something that is away.",
    dashboard: "containers",
    link: ["host"],
  };
}

/** Alerts on containers, where a host has cAdvisor. */
export function containerAlerts(inventory: Inventory): AlertGroup {
  return {
    name: "containers",
    alerts:
      hostsWith(inventory, "cadvisor").length === 0
        ? []
        : [restarting, oomKilled, memoryNearLimit, cpuThrottled, unhealthy].map((alert) =>
            alert(inventory),
          ),
  };
}
