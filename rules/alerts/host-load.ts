import { lines } from "../promql";
import type { Alert, Inventory } from "../rule";

/**
 * Shares of the CPUs and of the memory. A SuperNode is there to use its CPUs up, so only a host that
 * others wait for is told of them.
 */
function resourceHigh({ thresholds }: Inventory): Alert {
  const { resourceHighShare, resourceHighWindow, resourceHighFor } = thresholds;
  const busy = `1 - avg without (cpu, mode) (rate(node_cpu_seconds_total{mode="idle",role!="supernode"}[${resourceHighWindow}]))`;
  const used =
    `1 - avg_over_time(node_memory_MemAvailable_bytes[${resourceHighWindow}])` +
    ` / avg_over_time(node_memory_MemTotal_bytes[${resourceHighWindow}])`;
  const told = (what: string, expr: string): string =>
    `label_replace(${expr} > ${resourceHighShare}, "resource", "${what}", "", "")`;
  return {
    alert: "SystemResourceHigh",
    expr: lines(told("CPU", busy), "or", told("memory", used)),
    for: resourceHighFor,
    severity: "warning",
    summary:
      "{{ $labels.resource }} of {{ $labels.host }} is {{ $value | humanizePercentage }} used",
    description:
      "Host {{ $labels.host }} ({{ $labels.role }}) uses {{ $value | humanizePercentage }} of its {{ $labels.resource }}. With " +
      "little memory left the kernel soon kills processes; with busy CPUs a SuperLink answers late. Likely: another " +
      "job on the same host, a model that has grown, or more SuperNodes than the host was made for.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function cpuSaturated({ thresholds }: Inventory): Alert {
  const { hostCpuWaitingShare, hostPressureWindow, hostCpuSaturatedFor } = thresholds;
  return {
    alert: "HostCpuSaturated",
    expr: `rate(node_pressure_cpu_waiting_seconds_total[${hostPressureWindow}]) > ${hostCpuWaitingShare}`,
    for: hostCpuSaturatedFor,
    severity: "warning",
    summary:
      "Processes on {{ $labels.host }} wait for a CPU {{ $value | humanizePercentage }} of the time",
    description:
      "In {{ $value | humanizePercentage }} of the time some process on {{ $labels.host }} ({{ $labels.role }}) was ready to run and " +
      "had no CPU. Training there is slower than it could be. Likely: more workers or threads than cores, several " +
      "clients on one host, or a job that does not belong there.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function memoryPressure({ thresholds }: Inventory): Alert {
  const { hostMemoryStalledShare, hostPressureWindow, hostMemoryPressureFor } = thresholds;
  return {
    alert: "HostMemoryPressure",
    expr: `rate(node_pressure_memory_stalled_seconds_total[${hostPressureWindow}]) > ${hostMemoryStalledShare}`,
    for: hostMemoryPressureFor,
    severity: "warning",
    summary:
      "Host {{ $labels.host }} stands still for memory {{ $value | humanizePercentage }} of the time",
    description:
      "In {{ $value | humanizePercentage }} of the time nothing on {{ $labels.host }} got on, because memory had to be freed or read " +
      "back first. The kernel is close to killing processes. Likely: batch size or data loaders need more than the host has.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function oomKill({ thresholds }: Inventory): Alert {
  const { oomKillWindow, oomKillFor } = thresholds;
  return {
    alert: "HostOomKill",
    expr: `round(increase(node_vmstat_oom_kill[${oomKillWindow}])) > 0`,
    for: oomKillFor,
    severity: "warning",
    summary: "The kernel of {{ $labels.host }} killed {{ $value }} processes for memory",
    description:
      `Within ${oomKillWindow} the kernel of {{ $labels.host }} ({{ $labels.role }}) killed {{ $value }} processes, because the host ` +
      "or a container had no memory left. A ClientApp that was killed answers with an error a minute later. Likely: " +
      "the training needs more memory than there is.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function networkErrors({ thresholds }: Inventory): Alert {
  const { hostNetworkErrorShare, hostNetworkErrorRate, hostNetworkErrorsFor } = thresholds;
  const both = (what: string): string =>
    `(rate(node_network_receive_${what}_total[10m]) + rate(node_network_transmit_${what}_total[10m]))`;
  return {
    alert: "HostNetworkErrors",
    expr: lines(
      `${both("errs")} / ${both("packets")} > ${hostNetworkErrorShare}`,
      // Of an interface that is next to idle a single error is a large share.
      `and ${both("errs")} > ${hostNetworkErrorRate}`,
    ),
    for: hostNetworkErrorsFor,
    severity: "warning",
    summary:
      "{{ $value | humanizePercentage }} of the packets of {{ $labels.device }} on {{ $labels.host }} are broken",
    description:
      "Interface {{ $labels.device }} of {{ $labels.host }} counts {{ $value | humanizePercentage }} of its packets as errors. Models " +
      "travel slowly, and the host's rounds end late. Likely: cable, transceiver or switch port, a wrong duplex or MTU, or the driver.",
    dashboard: "hosts",
    link: ["host"],
  };
}

function diskSlow({ thresholds }: Inventory): Alert {
  const { hostIoStalledShare, hostPressureWindow, hostDiskSlowFor } = thresholds;
  return {
    alert: "HostDiskSlow",
    expr: `rate(node_pressure_io_stalled_seconds_total[${hostPressureWindow}]) > ${hostIoStalledShare}`,
    for: hostDiskSlowFor,
    severity: "warning",
    summary:
      "Host {{ $labels.host }} stands still for its disks {{ $value | humanizePercentage }} of the time",
    description:
      "In {{ $value | humanizePercentage }} of the time nothing on {{ $labels.host }} ({{ $labels.role }}) got on, because everything " +
      "waited for a disk. Likely: training data on a slow or remote disk, a disk that fails, or a backup.",
    dashboard: "hosts",
    link: ["host"],
  };
}

/** Alerts on what hosts have too little of. */
export function hostLoadAlerts(inventory: Inventory): Alert[] {
  return [
    resourceHigh(inventory),
    cpuSaturated(inventory),
    memoryPressure(inventory),
    oomKill(inventory),
    networkErrors(inventory),
    diskSlow(inventory),
  ];
}
