import type { AlertCases, Case } from "../alert-case";
import { dcgm, flower, gpu0, gpu1, of, onGpu } from "./scraped";
import { tells } from "./tells";

type Series = Case["series"];
const fl = of(flower);

const runs = (status: string, values: string): Series => ({
  [fl("fl_runs", { status })]: values,
});
/** A GPU that holds so many MiB and is so busy over time. */
const holds = (used: string, busy: string): Series => ({
  [onGpu(gpu0)("DCGM_FI_DEV_FB_USED")]: used,
  [onGpu(gpu0)("DCGM_FI_DEV_GPU_UTIL")]: busy,
});
const held = tells("GPUMemoryHeld", gpu0, "20k");

const gpuMemoryHeld: AlertCases = {
  fires: [
    {
      name: "a ClientApp is left behind when its run ends, until somebody ends it",
      interval: "1m",
      series: {
        ...holds("20000x239 3x60", "95x59 0x300"),
        ...runs("running", "1x59 0x300"),
        ...runs("pending", "0x300"),
      },
      expect: { "2h20m": [], "2h32m": [held], "3h55m": [held], "4h5m": [] },
    },
  ],
  silent: [
    {
      name: "memory is freed with the run's end",
      interval: "1m",
      series: { ...holds("20000x59 3x300", "95x59 0x300"), ...runs("running", "1x59 0x300") },
      expect: { "2h32m": [], "4h": [] },
    },
    {
      name: "a run is alive and waits for nodes",
      interval: "1m",
      series: { ...holds("20000x300", "0x300"), ...runs("running", "1x300") },
      expect: { "2h32m": [], "4h": [] },
    },
    {
      name: "another project uses the GPU",
      interval: "1m",
      series: { ...holds("20000x300", "80x300"), ...runs("running", "0x300") },
      expect: { "2h32m": [], "4h": [] },
    },
    {
      name: "runs follow one another with half an hour between",
      interval: "1m",
      series: {
        ...holds("20000x300", "0x300"),
        ...runs("running", "1x30 0x30 1x30 0x30 1x30 0x30 1x30 0x30 1x60"),
      },
      expect: { "1h30m": [], "2h32m": [], "4h": [] },
    },
  ],
};

/** Energy in mJ of two GPUs that draw so many watts, in steps of five minutes. */
const energy = (watts: (step: number) => number): Series => {
  const sums = Array.from({ length: 200 }, (_, step) => step).reduce<number[]>(
    (all, step) => [...all, (all.at(-1) ?? 0) + watts(step) * 300 * 1000],
    [],
  );
  return {
    [onGpu(gpu0)("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION")]: sums.join(" "),
    [onGpu(gpu1)("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION")]: sums.join(" "),
  };
};
/** A round each five minutes. */
const rounds: Series = { [fl("fl_rounds_completed_total")]: "0+1x200" };
const run = (id: string, start: string, status: string): Series => ({
  [fl("fl_run_start_time_seconds", { run_id: id })]: start,
  [fl("fl_training_status", { run_id: id })]: status,
});
/** From hour 8 to 10 each GPU draws 600 W instead of 200. */
const more = (step: number): number => (step >= 96 && step < 120 ? 600 : 200);

const gpuEnergyPerRoundHigh: AlertCases = {
  fires: [
    {
      name: "rounds of a run cost three times as much, for two hours",
      interval: "5m",
      series: {
        ...energy(more),
        ...rounds,
        ...run("7", "0x200", "1x200"),
        ...runs("running", "1x200"),
      },
      expect: {
        "7h55m": [],
        // 2 GPUs x 600 W x 300 s.
        "9h30m": [tells("GPUEnergyPerRoundHigh", dcgm, "360k")],
        "12h": [],
      },
    },
  ],
  silent: [
    {
      name: "every round costs the same",
      interval: "5m",
      series: {
        ...energy(() => 300),
        ...rounds,
        ...run("7", "0x200", "1x200"),
        ...runs("running", "1x200"),
      },
      expect: { "7h": [], "9h30m": [] },
    },
    {
      name: "another run, of a larger model, has begun",
      interval: "5m",
      series: {
        ...energy(more),
        ...rounds,
        ...run("7", "0x96", "1x95 2x4"),
        ...run("8", "_x96 28800x100", "_x96 1x100"),
        ...runs("running", "1x200"),
      },
      expect: { "9h": [], "9h30m": [], "10h30m": [] },
    },
    {
      name: "a second run shares the GPUs",
      interval: "5m",
      series: {
        ...energy(more),
        ...rounds,
        ...run("7", "0x200", "1x200"),
        ...runs("running", "1x95 2x100"),
      },
      expect: { "9h": [], "9h30m": [] },
    },
  ],
};

export const gpuCostCases: Record<string, AlertCases> = {
  GPUMemoryHeld: gpuMemoryHeld,
  GPUEnergyPerRoundHigh: gpuEnergyPerRoundHigh,
};
