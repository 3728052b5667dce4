import { durationSeconds } from "../../components/config/durations";
import { AT_GPU, GPU, gpuNow, perGpu, perHost } from "../gpu";
import { grew, indent, lines, recent } from "../promql";
import { hostsWith, type Alert, type Inventory, type RecordingGroup } from "../rule";
import { onItsHost } from "../supernode-host";

/** Energy that the GPUs of a host used for a round, in joules, over the last hour with rounds enough. */
export const ROUND_ENERGY = "host:gpu_round_joules:1h";

/** What alerts and panels on the use of GPUs share; of the Flower exporter, where there is one. */
export function gpuUseRecords(inventory: Inventory): RecordingGroup {
  const rounds = "sum by (federation) (increase(fl_rounds_completed_total[1h]))";
  return {
    name: "gpu-use-records",
    rules: [
      {
        record: ROUND_ENERGY,
        expr: lines(
          perHost("sum", "increase(DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION[1h])"),
          "/ 1000",
          `/ on (federation) group_left () (${rounds} >= ${inventory.thresholds.gpuEnergyRounds})`,
        ),
        labels: ["instance", "job", "federation", "host", "role"],
      },
    ],
  };
}

/** Memory in MiB, of which DCGM leaves out what the driver keeps. */
const free = "DCGM_FI_DEV_FB_FREE";
const used = "DCGM_FI_DEV_FB_USED";

function memoryExhaustion(inventory: Inventory): Alert {
  const { gpuMemoryFreeShare, gpuMemoryFor } = inventory.thresholds;
  const left = gpuNow(free, inventory);
  return {
    alert: "GPUMemoryExhaustion",
    expr: lines(`${left} / (${left} + ${gpuNow(used, inventory)})`, `< ${gpuMemoryFreeShare}`),
    for: gpuMemoryFor,
    severity: "warning",
    summary: `${GPU} has {{ $value | humanizePercentage }} of its memory left`,
    description:
      `${GPU} has {{ $value | humanizePercentage }} of its memory left. The next larger batch fails with CUDA out of memory. Likely: a larger model or ` +
      "batch, a second process, or a framework that takes all memory at once (TensorFlow, JAX), which is no fault.",
    ...AT_GPU,
  };
}

/** The two together are the fault: full memory alone may be meant, and failures have other causes. */
function outOfMemory(inventory: Inventory): Alert {
  const { gpuMemoryFreeShare, gpuOutOfMemoryWindow, gpuOutOfMemoryFor } = inventory.thresholds;
  const least = perGpu(`min_over_time(${free}[${gpuOutOfMemoryWindow}])`);
  const failed = grew('fl_supernode_failures_total{name!=""}', gpuOutOfMemoryWindow);
  return {
    alert: "GPUOutOfMemory",
    expr: lines(
      `${least} / (${gpuNow(free, inventory)} + ${gpuNow(used, inventory)})`,
      `< ${gpuMemoryFreeShare}`,
      "and on (federation, host)",
      onItsHost(`\n${indent(failed)}\n`),
    ),
    for: gpuOutOfMemoryFor,
    severity: "warning",
    summary: `Training fails on {{ $labels.host }} while GPU {{ $labels.gpu }} is full`,
    description:
      `${GPU} had {{ $value | humanizePercentage }} of its memory left at the least, and clients of the SuperNode there failed within ${gpuOutOfMemoryWindow}. ` +
      "Likely: CUDA out of memory; the SuperNode's log has it. Runs go on without this site, or wait for it.",
    ...AT_GPU,
  };
}

const idlePercent = ({ thresholds }: Inventory): number => thresholds.gpuIdlePercent;

/** Runs are in their training, and have been a moment ago: short rounds have short pauses between. */
const training = (inventory: Inventory): string => recent('fl_run_phase{phase="train"}', inventory);

/** GPUs that hold memory and do nothing, while their SuperNode owes a reply. */
function utilizationDrop(inventory: Inventory): Alert {
  const { gpuIdleWindow, gpuHeldMib, gpuUtilizationDropFor } = inventory.thresholds;
  const replied = `increase(fl_supernode_replies_total{phase="train"}[${gpuIdleWindow}]) > 0`;
  return {
    alert: "GPUUtilizationDrop",
    expr: lines(
      `${perGpu(`max_over_time(DCGM_FI_DEV_GPU_UTIL[${gpuIdleWindow}])`)} < ${idlePercent(inventory)}`,
      `and ${perGpu(`min_over_time(${used}[${gpuIdleWindow}])`)} > ${gpuHeldMib}`,
      `and on (federation) ${training(inventory)}`,
      `and on (federation, host) ${onItsHost("fl_supernode_up == 1")}`,
      // Who has replied waits for the others, and that is right.
      `unless on (federation, host) ${onItsHost(replied)}`,
    ),
    for: gpuUtilizationDropFor,
    severity: "warning",
    summary: `${GPU} is idle while its SuperNode trains`,
    description:
      `A run is training, the SuperNode on {{ $labels.host }} has not replied, and ${GPU} holds memory but was not busier than {{ $value }} % for ${gpuIdleWindow}. ` +
      "Likely: the client hangs (a data loader, a lock, a disk), or computes on the CPU.",
    ...AT_GPU,
  };
}

/** SuperNodes that train, for long enough to be seen, without any of their GPUs. */
function unusedInTraining(inventory: Inventory): Alert {
  const { gpuUnusedWindow, gpuUnusedReplySeconds, gpuUnusedReplies, gpuUnusedFor } =
    inventory.thresholds;
  const replies = `increase(fl_supernode_replies_total{phase="train"}[${gpuUnusedWindow}])`;
  return {
    alert: "GPUUnusedInTraining",
    expr: lines(
      `${perHost("max", `max_over_time(DCGM_FI_DEV_GPU_UTIL[${gpuUnusedWindow}])`)} < ${idlePercent(inventory)}`,
      `and on (federation, host) ${onItsHost(`${replies} >= ${gpuUnusedReplies}`)}`,
      `and on (federation, host) ${onItsHost(`fl_supernode_reply_seconds{phase="train"} > ${gpuUnusedReplySeconds}`)}`,
    ),
    for: gpuUnusedFor,
    severity: "warning",
    summary: "The SuperNode on {{ $labels.host }} trains without its GPUs",
    description:
      `Within ${gpuUnusedWindow} the SuperNode on {{ $labels.host }} has trained several times, and none of its GPUs was busier than {{ $value }} %. ` +
      "Likely: it computes on the CPU: a PyTorch without CUDA, a driver that does not fit, or a container without GPUs.",
    ...AT_GPU,
  };
}

/** GPUs that hold memory while no run is alive: somebody's process was left behind. */
function memoryHeld(inventory: Inventory): Alert {
  const { gpuHeldWindow, gpuHeldMib, gpuHeldFor } = inventory.thresholds;
  const live = `max_over_time(fl_runs{status=~"pending|starting|running"}[${gpuHeldWindow}])`;
  return {
    alert: "GPUMemoryHeld",
    expr: lines(
      `${perGpu(`min_over_time(${used}[${gpuHeldWindow}])`)} > ${gpuHeldMib}`,
      `and ${perGpu(`max_over_time(DCGM_FI_DEV_GPU_UTIL[${gpuHeldWindow}])`)} < ${idlePercent(inventory)}`,
      `and on (federation) sum by (federation) (${live}) == 0`,
    ),
    for: gpuHeldFor,
    severity: "warning",
    summary: `{{ $value | humanize }} MiB of ${GPU} are held by nobody's run`,
    description:
      `No run is alive since ${gpuHeldWindow}, and a process still holds {{ $value | humanize }} MiB of ${GPU} without using it. The next run finds ` +
      "less memory. Likely: a ClientApp that was left behind, or a notebook that somebody left open.",
    ...AT_GPU,
  };
}

/** The energy of a round against that of the same run's hours before. */
function energyPerRound(inventory: Inventory): Alert {
  const { gpuEnergyFactor, gpuEnergyBaseline, gpuEnergyFor } = inventory.thresholds;
  // The baseline ends an hour ago, and its first value is of the hour before it.
  const age = (durationSeconds(gpuEnergyBaseline) ?? 0) + 2 * 3600;
  return {
    alert: "GPUEnergyPerRoundHigh",
    expr: lines(
      `${ROUND_ENERGY} > ${gpuEnergyFactor} * avg_over_time(${ROUND_ENERGY}[${gpuEnergyBaseline}:5m] offset 1h)`,
      // One run alone, that began before the first of those hours: other runs need other energy.
      'and on (federation) sum by (federation) (fl_runs{status=~"pending|starting|running"}) == 1',
      "and on (federation) (",
      `  time() - fl_run_start_time_seconds > ${age}`,
      "  and on (federation, run_id) fl_training_status == 1",
      ")",
    ),
    for: gpuEnergyFor,
    severity: "warning",
    summary: "A round costs {{ $labels.host }} far more energy than before",
    description:
      `The GPUs of {{ $labels.host }} use {{ $value | humanize }} J for a round, more than ${gpuEnergyFactor} times as much as in the hours of the same run before. ` +
      "Likely: rounds take longer, as the others are waited for; another job uses the GPUs too; or a GPU is slowed down and works longer.",
    ...AT_GPU,
  };
}

/** Alerts on what GPUs are used for. Those that ask what Flower does need its exporter, and some the hook. */
export function gpuUseAlerts(inventory: Inventory): Alert[] {
  const flower = hostsWith(inventory, "flower").length > 0;
  const hook = flower && hostsWith(inventory, "hook").length > 0;
  return [
    memoryExhaustion(inventory),
    ...(flower ? [outOfMemory(inventory), memoryHeld(inventory), energyPerRound(inventory)] : []),
    ...(hook ? [utilizationDrop(inventory), unusedInTraining(inventory)] : []),
  ];
}
