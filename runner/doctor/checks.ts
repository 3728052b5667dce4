/** What was found on one machine, as checks with the next step for each fault. Pure. */
import type { MachineRole } from "../machines";

/** `skipped`: another fault stands before it. */
export type CheckState = "ok" | "warn" | "fault" | "skipped";

export interface Check {
  /** What was looked at: ssh, host-key, login, sudo, disk, docker, node-exporter, reach, ... */
  check: string;
  state: CheckState;
  /** What was seen. */
  seen: string;
  /** What to do about it. */
  next?: string;
}

/** The host key of a machine. */
export interface HostKey {
  /** What to put into known_hosts, once the site has confirmed it. */
  line: string;
  /** `SHA256:...`, as `ssh-keygen -l` shows it. */
  fingerprint: string;
  /** Whether known_hosts has this key for it, another one, or none. */
  pinned: "same" | "different" | "none";
}

/** All that is known of one machine. */
export interface MachineReport {
  name: string;
  role: MachineRole;
  address: string;
  port: number;
  user: string;
  hostKey?: HostKey;
  /** What the machine told of itself, such as `system` and `docker`; `gpu` has a line for each. */
  facts: Record<string, string>;
  checks: Check[];
}

/** A check that found nothing. */
export function fine(check: string, seen: string): Check {
  return { check, state: "ok", seen };
}

/** A fault, or a warning, whose words are `what is wrong; what to do`, as all our scripts say it. */
export function amiss(check: string, words: string, state: "warn" | "fault" = "fault"): Check {
  const cut = words.indexOf("; ");
  if (cut < 0) return { check, state, seen: words };
  return { check, state, seen: words.slice(0, cut), next: words.slice(cut + 2) };
}

/** Which check a session failed at, by its own words. */
export function sessionFault(words: string): Check {
  if (/^(sudo |there is no sudo)/.test(words)) return amiss("sudo", words);
  if (words.includes("; let the key log in there")) return amiss("login", words);
  if (words.includes("the host key is not the one")) return amiss("host-key", words);
  return amiss(words.startsWith("ssh to ") ? "ssh" : "session", words);
}

/** Lines of host/steps/check.sh: facts, faults and warnings. */
export function readAnswer(stdout: string): { facts: Record<string, string>; checks: Check[] } {
  const facts: Record<string, string> = {};
  const checks: Check[] = [];
  for (const line of stdout.split("\n")) {
    const [kind, name = "", ...words] = line.split(" ");
    if (kind === "fact") {
      const value = words.join(" ");
      facts[name] = facts[name] === undefined ? value : `${facts[name]}\n${value}`;
    } else if (kind === "fault" || kind === "warn") {
      checks.push(amiss(checkName(name, words[0] ?? ""), words.slice(1).join(" "), kind));
    }
  }
  return { facts, checks };
}

/** What is wrong with a part may be nothing of the part's own. */
function checkName(name: string, cause: string): string {
  if (cause === "port-taken") return "port";
  return cause === "no-superlink" ? "superlink" : name;
}

/** Seconds from which on a clock is told of: log lines and events are dated by the host. */
const CLOCK_WARN_SECONDS = 5;
/** Seconds from which on it is a fault: certificates and tokens begin to be refused. */
const CLOCK_FAULT_SECONDS = 60;

/**
 * @param told seconds since 1970, as the host said some time between `asked` and `answered`
 * @param asked in seconds of our own clock
 */
export function clockCheck(told: number, asked: number, answered: number): Check {
  // Whole seconds: the one that had begun when it was told.
  const off = told + 1 < asked ? told + 1 - asked : told > answered ? told - answered : 0;
  const seconds = Math.round(Math.abs(off));
  if (seconds < CLOCK_WARN_SECONDS) return fine("clock", "as here");
  const next = `set the host's clock, or this machine's, and keep it set: timedatectl set-ntp true`;
  return {
    check: "clock",
    state: seconds < CLOCK_FAULT_SECONDS ? "warn" : "fault",
    seen: `${duration(seconds)} ${off < 0 ? "behind" : "ahead of"} this machine's`,
    next,
  };
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** `4.2 GiB`, from KiB. */
export function size(kib: number): string {
  const gib = kib / 2 ** 20;
  return gib >= 1 ? `${gib.toFixed(1)} GiB` : `${Math.round(kib / 1024)} MiB`;
}

/** The oldest Flower that the exporter and the hook work with, and the first that nobody tried. */
const FLOWER = { lowest: [1, 40], untested: [1, 43] } as const;

export function flowerCheck(version: string | undefined): Check[] {
  // Whether there should be one is the installer's to say.
  if (version === undefined) return [];
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const before = ([a, b]: readonly [number, number]): boolean =>
    major < a || (major === a && minor < b);
  if (before(FLOWER.lowest)) {
    return [amiss("flower", `Flower ${version} is too old; use 1.40 or newer`)];
  }
  if (!before(FLOWER.untested)) {
    const words = `Flower ${version} was not tried with this; docs/compatibility.md has those that were`;
    return [amiss("flower", words, "warn")];
  }
  return [fine("flower", version)];
}
