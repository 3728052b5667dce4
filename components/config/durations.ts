/** Prometheus durations and image references. Pure. */
import { ruled, STRING, type Problem, type Rule } from "./rule";

const UNITS: readonly (readonly [string, number])[] = [
  ["y", 365 * 24 * 3600],
  ["w", 7 * 24 * 3600],
  ["d", 24 * 3600],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
  ["ms", 0.001],
];

const DURATION = new RegExp(`^(?=.)${UNITS.map(([unit]) => `(?:(\\d{1,9})${unit})?`).join("")}$`);

/** Seconds of a Prometheus duration such as `1h30m`, or undefined when it is none. */
export function durationSeconds(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const milliseconds = UNITS.map(([, seconds], index) =>
    Math.round(Number(match[index + 1] ?? 0) * seconds * 1000),
  );
  return milliseconds.reduce((sum, part) => sum + part, 0) / 1000;
}

/** A Prometheus duration of whole seconds: `1h30m` of 5400. Days are its largest unit. */
export function durationText(seconds: number): string {
  let rest = seconds;
  const parts = UNITS.filter(([unit]) => ["d", "h", "m", "s"].includes(unit)).map(([unit, of]) => {
    const count = Math.floor(rest / of);
    rest -= count * of;
    return count === 0 ? "" : `${count}${unit}`;
  });
  return parts.join("") || "0s";
}

function duration(minimum: string, maximum: string, example: string, why: string): Rule {
  const [least, most] = [durationSeconds(minimum) ?? 0, durationSeconds(maximum) ?? 0];
  return ruled(STRING, (value) => {
    const seconds = typeof value === "string" ? durationSeconds(value) : undefined;
    if (seconds !== undefined && seconds >= least && seconds <= most) return undefined;
    return {
      allowed: `a Prometheus duration from ${minimum} to ${maximum}, for example ${example}`,
      fix: why,
    };
  });
}

export const scrapeInterval = duration(
  "1s",
  "5m",
  "15s",
  "write number and unit; after 5 min without a sample Prometheus calls a series stale, so slower scrapes would leave gaps",
);

export const retention = duration(
  "1h",
  "100y",
  "15d",
  "write number and unit; Prometheus writes blocks of 2 h, so less than an hour keeps nothing reliably",
);

/** Alertmanager's pauses; zero would send a flood. */
export const pause = duration("1s", "30d", "30s", "write number and unit, such as 30s, 5m or 4h");

const IMAGE =
  /^((?:[a-z0-9.-]+(?::\d{1,5})?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::(\w[\w.-]{0,127}))?(@sha256:[0-9a-f]{64})?$/;

/**
 * An image reference that always means the same bytes, or at least the same release.
 *
 * @param minimum oldest version that understands what the program gives it, `major.minor`; compared
 *   only with tags that are versions.
 */
export function image(minimum: string): Rule {
  return ruled(STRING, (value): Problem | undefined => {
    const match = typeof value === "string" && value.length <= 512 ? IMAGE.exec(value) : null;
    const [, , tag, digest] = match ?? [];
    const problem = {
      allowed: "an image with a version tag or @sha256 digest",
      fix: "write registry/name:version, better with @sha256:...; :latest or no tag means other bytes tomorrow",
    };
    if (match === null || (digest === undefined && (tag === undefined || tag === "latest"))) {
      return problem;
    }
    const version = /^v?(\d{1,9})\.(\d{1,9})(?:\.|-|$)/.exec(tag ?? "");
    if (version === null) return undefined;
    const [major, minor] = minimum.split(".").map(Number);
    const [tagMajor, tagMinor] = [Number(version[1]), Number(version[2])];
    const old = tagMajor < (major ?? 0) || (tagMajor === major && tagMinor < (minor ?? 0));
    if (!old) return undefined;
    return {
      allowed: `version ${minimum} or newer`,
      fix: "take a newer release; the default is the one that is tested",
    };
  });
}
