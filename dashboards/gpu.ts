import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { bars, lines, query, stat, steps, timeline, timeseries, words } from "./panels";
import { gpuQueries as q } from "./queries/gpu";
import { table } from "./table";

const NONE = "No GPU is measured: FL_DCGM_ENABLED is NO, or the DCGM exporter is silent";
const YES = words({ 0: ["no", COLOURS.good], 1: ["yes", COLOURS.bad] });
const HEALTH = words({
  0: ["good", COLOURS.good],
  10: ["warning", COLOURS.warning],
  20: ["failure", COLOURS.bad],
});

/** NVIDIA GPUs of SuperNodes: use, memory, heat, power, errors. */
export function gpuDashboard(_context: DashboardContext): Dashboard {
  return dashboard({
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
          "Degrees Celsius. What is too hot depends on the model: the next panel has the distance.",
        unit: "celsius",
        empty: NONE,
      }).withTarget(query(q.temperature(), "{{host}} GPU {{gpu}}")),
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
    .withRow(row("Errors"))
    .withPanel(
      stat({
        title: "XID Errors",
        description:
          "XID errors of the last five minutes by code. Look the code up in NVIDIA's list; 79 is a GPU that fell off the bus, 48 and 63 are its memory.",
        unit: "short",
        empty: NONE,
      })
        .span(12)
        .height(8)
        .thresholds(steps([null, COLOURS.good], [1, COLOURS.bad]))
        .withTarget(query(q.xid(), "{{host}} GPU {{gpu}} XID {{xid}}")),
    )
    .withPanel(
      timeline({
        title: "Health by DCGM",
        description:
          "What DCGM thinks of the worst part of each GPU. A failure: drain the host and run dcgmi diag.",
        unit: "short",
        empty: NONE,
      })
        .mappings(HEALTH)
        .thresholds(steps([null, COLOURS.good], [10, COLOURS.warning], [20, COLOURS.bad]))
        .withTarget(query(q.health(), "{{host}} GPU {{gpu}}")),
    )
    .withPanel(
      table(
        {
          title: "Parts that are not well",
          description:
            "Of a GPU, by DCGM's own checks, and its code for what is wrong. THERMAL and POWER: it is slowed down; MEM, PCIE, NVLINK: run dcgmi diag -r 3.",
          empty: "All parts of all GPUs are well, or no GPU is measured",
        },
        [
          { label: "host", title: "Host" },
          { label: "gpu", title: "GPU" },
          { label: "health_watch", title: "Part" },
          { label: "health_error_code", title: "Code" },
        ],
        [{ title: "State", expr: q.unwell(), unit: "short", words: HEALTH }],
        [{ label: "federation", title: "Federation" }],
      ).span(12),
    )
    .withPanel(
      table(
        {
          title: "Memory errors and links",
          description:
            "Uncorrected errors end what runs. A pending remapping needs a reset of the GPU, a failed one a new GPU. Replays are of the chosen time: a bad slot or riser.",
          empty: NONE,
        },
        [
          { label: "host", title: "Host" },
          { label: "gpu", title: "GPU" },
        ],
        [
          {
            title: "Uncorrected",
            expr: q.uncorrected(),
            unit: "none",
            thresholds: steps([null, COLOURS.good], [1, COLOURS.bad]),
          },
          { title: "Remap pending", expr: q.remapPending(), unit: "none", words: YES },
          { title: "PCIe replays", expr: q.replays(), unit: "short", decimals: 0 },
        ],
        [{ label: "federation", title: "Federation" }],
      ).span(12),
    )
    .withPanel(
      timeseries({
        title: "GPUs that are seen",
        description:
          "GPUs that DCGM measures and that nvidia-smi lists. Fewer measured than listed: one has fallen off the bus.",
        unit: "short",
        empty: NONE,
      })
        .span(24)
        .withTarget(query(q.seen(), "{{host}} measured"))
        .withTarget(query(q.listed(), "{{host}} listed", "B")),
    )
    .build();
}
