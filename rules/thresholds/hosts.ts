/** Numbers of the alerts on hosts, their certificates and their containers; see rules/thresholds.ts. */
import { duration, number, pause, type Threshold } from "../threshold";

export const HOST_THRESHOLDS = {
  // Hosts: whether they are there
  hostDownFor: pause(
    "90s",
    "longer than an exporter's restart, and soon enough to be told with SuperNodeOffline of the same host, " +
      "which it speaks for",
  ),
  hostRebootSeconds: number(
    900,
    { from: 60, to: 86_400, unit: "s" },
    "long enough to be seen, short enough that it clears while somebody still looks",
  ),
  hostRebootedFor: pause("30s", "a restart is a fact; there is nothing to wait for"),
  hostClockSkewSeconds: number(
    2,
    { from: 0.1, to: 3600, unit: "s" },
    "a time service keeps clocks within milliseconds, and a scrape that is held up shows less than a second",
  ),
  hostClockSkewFor: pause("5m", "after a start the time service needs some minutes"),
  hostFactMissingFor: pause("10m", "nvidia-smi is asked every five minutes: it failed twice"),

  // Hosts: what they have too little of
  resourceHighShare: number(
    0.9,
    { from: 0.5, to: 1, unit: "share" },
    "a tenth is what a kernel and a SuperLink need to answer in time",
  ),
  resourceHighWindow: duration(
    "5m",
    { from: "2m", to: "1h" },
    "a compilation or a download is no state",
  ),
  resourceHighFor: pause(
    "15m",
    "a round's aggregation may take some minutes; this is a lasting state",
  ),
  hostCpuWaitingShare: number(
    0.8,
    { from: 0.1, to: 1, unit: "of the time" },
    "a host that trains has busy CPUs; only when processes nearly always wait for one is it too small",
  ),
  hostCpuSaturatedFor: pause(
    "30m",
    "a round may be computed on all cores for long, and that is right",
  ),
  hostPressureWindow: duration(
    "10m",
    { from: "2m", to: "1h" },
    "long enough for two samples at the slowest scrape interval",
  ),
  hostMemoryStalledShare: number(
    0.1,
    { from: 0.01, to: 1, unit: "of the time" },
    "a host with enough memory has 0; at a tenth it is noticed, and the kernel's killer is near",
  ),
  hostMemoryPressureFor: pause("5m", "the start of a large process stalls for a moment"),
  oomKillWindow: duration(
    "15m",
    { from: "5m", to: "1d" },
    "long enough to be read, and over when it does not happen again",
  ),
  oomKillFor: pause("30s", "a process that was killed is a fact; there is nothing to wait for"),
  hostNetworkErrorShare: number(
    0.01,
    { from: 0.0001, to: 1, unit: "share" },
    "TCP over a link that loses one packet of a hundred is several times slower",
  ),
  hostNetworkErrorRate: number(
    0.1,
    { from: 0.001, to: 1_000_000, unit: "errors/s" },
    "of an interface that is next to idle a single error is a large share",
  ),
  hostNetworkErrorsFor: pause("15m", "a cable that is plugged in counts some errors"),
  hostIoStalledShare: number(
    0.5,
    { from: 0.05, to: 1, unit: "of the time" },
    "reading training data stalls at times; half of the time is lost computing time",
  ),
  hostDiskSlowFor: pause("15m", "a backup or a download may take some minutes"),

  // Hosts: file systems
  hostDiskFreeShare: number(
    0.05,
    { from: 0.001, to: 0.5, unit: "share" },
    "what ext4 keeps for root",
  ),
  hostDiskFreeGib: number(
    20,
    { from: 0.1, to: 100_000, unit: "GiB" },
    "room for some checkpoints of a large model: with more left nobody has to be woken",
  ),
  hostDiskFullFor: pause("5m", "a temporary file may come and go"),
  hostDiskFillHours: number(
    24,
    { from: 1, to: 168, unit: "h" },
    "time for somebody to tidy up by day",
  ),
  hostDiskFillShare: number(
    0.25,
    { from: 0.01, to: 1, unit: "share" },
    "with more left, six hours of a download say nothing about tomorrow",
  ),
  hostDiskFillFor: pause("1h", "a download ends; a log does not"),
  hostInodesFreeShare: number(0.05, { from: 0.001, to: 0.5, unit: "share" }, "as for space"),
  hostReadOnlyRemembered: duration(
    "1w",
    { from: "1d", to: "4w" },
    "so long it is told; then a file system that nobody mounts anew counts as meant to be so",
  ),
  hostReadOnlyFor: pause("1m", "a file system may be mounted anew by hand"),
  hostDiskErrorsFor: pause("5m", "a server of files that restarts is away for some minutes"),

  // Certificates
  certificateDays: number(
    21,
    { from: 2, to: 365, unit: "days" },
    "automatic renewal is done 30 days before the end: after nine days of failures somebody has to look",
  ),
  certificateSoonDays: number(
    3,
    { from: 0.1, to: 90, unit: "days" },
    "a weekend: whoever is woken now still has time",
  ),
  certificateFor: pause("1m", "a certificate that is being replaced is read half a minute later"),

  // Containers
  containerRestartWindow: duration(
    "15m",
    { from: "5m", to: "1d" },
    "Docker waits up to a minute before it starts one again",
  ),
  containerRestarts: number(
    3,
    { from: 2, to: 1000, unit: "restarts" },
    "an update and its repair restart a container twice",
  ),
  containerFor: pause("30s", "restarts that were counted are a fact; there is nothing to wait for"),
  containerMemoryShare: number(
    0.9,
    { from: 0.5, to: 1, unit: "of the limit" },
    "what the kernel could drop is left out, so the tenth is all that is left",
  ),
  containerMemoryFor: pause("10m", "a peak that ends by itself was within the limit"),
  containerThrottledShare: number(
    0.5,
    { from: 0.05, to: 1, unit: "of its periods" },
    "a short burst is held back at times; in half of all periods the limit decides how long a round takes",
  ),
  containerThrottledFor: pause("15m", "the start of a process is a burst"),
  containerUnhealthyFor: pause("10m", "Docker says the same of a container that still starts"),
} satisfies Record<string, Threshold>;
