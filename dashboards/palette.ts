/**
 * Colours that people tell apart who see no red, green or blue (Okabe and Ito, 2002), for what has a
 * meaning. No colour stands alone: a value, or the text of a mapping, always says the same.
 */
export const COLOURS = {
  good: "#0072B2",
  warning: "#E69F00",
  bad: "#D55E00",
  /** Neither good nor bad, or not known. */
  neutral: "#999999",
  first: "#56B4E9",
  second: "#CC79A7",
  third: "#009E73",
} as const;

export type Colour = (typeof COLOURS)[keyof typeof COLOURS];
