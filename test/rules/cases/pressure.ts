import { node, of } from "./scraped";

/** A counter of seconds that grows by so many a minute, from minute 30 on for an hour. */
export const pressure = (name: string, perMinute: number): Record<string, string> => ({
  [of(node)(name)]: `0+0x29 0+${perMinute}x60 ${60 * perMinute}+0x60`,
});
