import type { RecordCase } from "../alert-case";
import { dcgm, flower, gpu0, gpu1, of, onGpu } from "../cases/scraped";

const field = (name: string, values: string, gpu = gpu0): Record<string, string> => ({
  [onGpu(gpu)(`DCGM_FI_DEV_${name}`)]: values,
});
const rounds = (values: string): Record<string, string> => ({
  [of(flower)("fl_rounds_completed_total")]: values,
});

/** What Prometheus computes about GPUs. */
export const gpuRecordCases: Record<string, RecordCase[]> = {
  "gpu:sm_clock_mhz:busy": [
    {
      name: "the clock of five minutes, of GPUs that compute, without what a driver's update changes",
      interval: "1m",
      series: {
        ...field("SM_CLOCK", "1000x4 2000x20"),
        ...field("GPU_UTIL", "90x24"),
        ...field("SM_CLOCK", "210x24", gpu1),
        ...field("GPU_UTIL", "3x24", gpu1),
      },
      expect: {
        "4m": [{ labels: gpu0, value: 1000 }],
        "7m": [{ labels: gpu0, value: 1600 }],
        "20m": [{ labels: gpu0, value: 2000 }],
      },
    },
  ],
  "host:gpu_round_joules:1h": [
    {
      // 2 x 100 W for 5 minutes a round.
      name: "the energy of all GPUs of a host for a round, with rounds enough in the hour",
      interval: "5m",
      series: {
        ...field("TOTAL_ENERGY_CONSUMPTION", "0+30000000x40"),
        ...field("TOTAL_ENERGY_CONSUMPTION", "0+30000000x40", gpu1),
        ...rounds("0+1x24 24x16"),
      },
      expect: {
        "2h": [{ labels: dcgm, value: 60_000 }],
        // In the last hour before there is only one round.
        "2h55m": [],
      },
    },
    {
      name: "nothing while no round is completed",
      interval: "5m",
      series: { ...field("TOTAL_ENERGY_CONSUMPTION", "0+30000000x40"), ...rounds("0x40") },
      expect: { "2h": [] },
    },
  ],
};
