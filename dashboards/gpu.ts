import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { gpuErrorPanels } from "./gpu-errors";
import { bars, lines, query, steps, timeseries, words } from "./panels";
import { gpuQueries as q } from "./queries/gpu";
import { table } from "./table";

const NONE = "No GPU is measured: FL_DCGM_ENABLED is NO, or the DCGM exporter is silent";
const YES = words({ 0: ["no", COLOURS.good], 1: ["yes", COLOURS.bad] });

/** NVIDIA GPUs of SuperNodes: use, memory, heat, power, errors. */
export function gpuDashboard(_context: DashboardContext): Dashboard {
  const board = dashboard({
    slug: "gpu",
    description:
      "GPUs of the SuperNodes: use, memory, heat, power and errors, from NVIDIA's DCGM exporter.",
    variables: ["federation", "site", "host"],
    related: ["stragglers", "hosts", "federation"],
  })
    .withRow(row("All"))
    .withPanel(
      table(
        {
          title: "GPUs",
          description:
            "Each GPU, the least free memory first. A GPU that is missing here and that nvidia-smi lists has fallen off the bus: restart the machine.",
          empty: NONE,
        },
        [
          { label: "host", title: "Host", link: { to: "hosts", choose: { host: "Host" } } },
          { label: "gpu", title: "GPU" },
        ],
        [
          { title: "Use", expr: q.utilization(), unit: "percent", decimals: 0 },
          { title: "Memory free", expr: q.free(), unit: "mbytes" },
          { title: "Temperature", expr: q.temperature(), unit: "celsius" },
          { title: "Power", expr: q.power(), unit: "watt", decimals: 0 },
          {
            title: "Last XID",
            expr: q.xidLast(),
            unit: "none",
            thresholds: steps([null, COLOURS.good], [1, COLOURS.warning]),
          },
          { title: "Row remap failed", expr: q.remapFailed(), unit: "none", words: YES },
        ],
        [{ label: "federation", title: "Federation" }],
        { by: "Memory free", descending: false },
      ),
    )
    .withRow(row("Work"))
    .withPanel(
      timeseries({
        title: "GPU Utilization",
        description:
          "Time in which a kernel ran. Low while the node trains: it waits for data, or trains on the CPU by mistake.",
        unit: "percent",
        empty: NONE,
      })
        .min(0)
        .max(100)
        .withTarget(query(q.utilization(), "{{host}} GPU {{gpu}}")),
    )
    .withPanel(
      timeseries({
        title: "GPU Memory Usage",
        description:
          "Share of the memory that programs can have and use. Near 100 the next larger batch fails with out of memory.",
        unit: "percent",
        empty: NONE,
      })
        .min(0)
        .max(100)
        .thresholds(steps([null, COLOURS.good], [90, COLOURS.bad]))
        .thresholdsStyle(lines())
        .withTarget(query(q.memory(), "{{host}} GPU {{gpu}}")),
    )
    .withPanel(
      bars({
        title: "Free Memory",
        description:
          "Memory that is left on each GPU. It must hold the model, its gradients and a batch.",
        unit: "mbytes",
        empty: NONE,
      })
        .thresholds(steps([null, COLOURS.bad], [1024, COLOURS.warning], [4096, COLOURS.good]))
        .withTarget(query(q.free(), "{{host}} GPU {{gpu}}").instant()),
    )
    .withPanel(
      timeseries({
        title: "Clock",
        description: "Clock of the processors. It falls under load: see the row Slowed down.",
        unit: "rotmhz",
        empty: NONE,
      }).withTarget(query(q.clock(), "{{host}} GPU {{gpu}}")),
    )
    .withRow(row("Heat and power"))
    .withPanel(
      timeseries({
        title: "GPU Temperature",
        description:
          "Degrees Celsius. What is too hot depends on the model: the next panel has the distance. Memory of the HBM kind slows down at 95.",
        unit: "celsius",
        empty: NONE,
      })
        .withTarget(query(q.temperature(), "{{host}} GPU {{gpu}}"))
        .withTarget(query(q.memoryTemperature(), "{{host}} GPU {{gpu}} memory", "B")),
    )
    .withPanel(
      timeseries({
        title: "Degrees to slow-down",
        description:
          "Degrees left until this GPU slows itself down. At 0 look at fans, dust and the room.",
        unit: "celsius",
        empty: "No GPU tells its slow-down temperature",
      })
        .thresholds(steps([null, COLOURS.bad], [5, COLOURS.good]))
        .thresholdsStyle(lines())
        .withTarget(query(q.headroom(), "{{host}} GPU {{gpu}}")),
    )
    .withPanel(
      timeseries({
        title: "Power Usage",
        description: "Power that each GPU draws.",
        unit: "watt",
        empty: NONE,
      }).withTarget(query(q.power(), "{{host}} GPU {{gpu}}")),
    )
    .withPanel(
      timeseries({
        title: "Power of the limit",
        description:
          "Share of the power limit in force. At 100 the limit is the brake: nvidia-smi -q -d POWER.",
        unit: "percent",
        empty: "No GPU tells its power limit",
      })
        .min(0)
        .withTarget(query(q.powerOfLimit(), "{{host}} GPU {{gpu}}")),
    )
    .withPanel(
      timeseries({
        title: "Slowed down",
        description:
          "Share of the time in which a GPU was slowed down by heat or by its power limit. This is why a site is suddenly the one that all wait for.",
        unit: "percentunit",
        empty: "No GPU tells why it is slowed down",
      })
        .min(0)
        .withTarget(query(q.slowedByHeat(), "{{host}} GPU {{gpu}} heat"))
        .withTarget(query(q.slowedByPower(), "{{host}} GPU {{gpu}} power", "B")),
    )
    .withPanel(
      bars({
        title: "Energy",
        description: "Energy of each host's GPUs in the chosen time, in kilowatt hours.",
        unit: "kwatth",
        empty: "No GPU counts its energy",
      })
        .decimals(3)
        .thresholds(steps([null, COLOURS.good]))
        .withTarget(query(q.energy(), "{{host}}").instant()),
    )
    .withPanel(
      timeseries({
        title: "Why clocks are held back",
        description:
          "Share of the last five minutes, by reason. power_cap is how a GPU works under load; hw_thermal is heat, hw_power_brake a power supply.",
        unit: "percentunit",
        empty: "No clock is held back",
      })
        .span(24)
        .min(0)
        .max(1)
        .withTarget(query(q.heldBack(), "{{host}} GPU {{gpu}} {{clock_event}}")),
    )
    .withRow(row("Errors"));
  for (const panel of gpuErrorPanels()) board.withPanel(panel);
  return board.build();
}
