import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { COLOURS } from "./palette";
import { query, stat, steps, timeline, timeseries, words } from "./panels";
import { gpuQueries as q } from "./queries/gpu";
import { table } from "./table";
import type { Builder } from "./variables";

const NONE = "No GPU is measured: FL_DCGM_ENABLED is NO, or the DCGM exporter is silent";
const YES = words({ 0: ["no", COLOURS.good], 1: ["yes", COLOURS.bad] });
const HEALTH = words({
  0: ["good", COLOURS.good],
  10: ["warning", COLOURS.warning],
  20: ["failure", COLOURS.bad],
});

/** What is wrong with GPUs: errors, memory that wears out, GPUs that are gone. */
export function gpuErrorPanels(): Builder<Panel>[] {
  return [
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
        { title: "Corrected", expr: q.corrected(), unit: "short", decimals: 0 },
        { title: "Remap pending", expr: q.remapPending(), unit: "none", words: YES },
        { title: "PCIe replays", expr: q.replays(), unit: "short", decimals: 0 },
      ],
      [{ label: "federation", title: "Federation" }],
    ).span(12),
    timeseries({
      title: "GPUs that are seen",
      description:
        "GPUs that DCGM measures and that nvidia-smi lists, and whether the DCGM exporter answers (1). Fewer measured than listed: one has fallen off the bus.",
      unit: "short",
      empty: NONE,
    })
      .span(24)
      .withTarget(query(q.seen(), "{{host}} measured"))
      .withTarget(query(q.listed(), "{{host}} listed", "B"))
      .withTarget(query(q.answers(), "{{host}} exporter answers", "C")),
  ];
}
