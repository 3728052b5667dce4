/** Words for numbers that tell of training, the same on every dashboard. */
import { COLOURS } from "./palette";
import { words } from "./panels";
import { PHASES } from "./queries/runs";

export const STATUS = words({
  0: ["idle", COLOURS.neutral],
  1: ["running", COLOURS.first],
  2: ["complete", COLOURS.good],
  3: ["failed", COLOURS.bad],
});

const PHASE_COLOURS = [
  COLOURS.neutral,
  COLOURS.good,
  COLOURS.first,
  COLOURS.neutral,
  COLOURS.warning,
  COLOURS.second,
  COLOURS.third,
];

export const PHASE = words(
  Object.fromEntries(
    Object.entries(PHASES).map(([phase, number], index) => [
      number,
      [phase.replaceAll("_", " "), PHASE_COLOURS[index] ?? COLOURS.neutral],
    ]),
  ),
);

export const NO_RUN = "No run in this time: start one, or choose a longer time";
export const NO_HOOK = "Not known of these runs: only the hook tells it (docs/hook.md)";
