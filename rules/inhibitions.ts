import { gpuInhibitions } from "./gpu-inhibitions";

/** A pair of alerts of which the first says it all. */
export interface Inhibition {
  /** Why nobody has to hear of the target as well. */
  because: string;
  /** Alertmanager matchers of the alert that is told. */
  source: string[];
  /** Matchers of the alert that is held back while the source fires. */
  target: string[];
  /** Labels in which the two must agree. A label that both lack counts as equal. */
  equal: string[];
}

/**
 * Labels that tell one subject of an alert from another. Two alerts of one name are about the same thing
 * only if they agree in all of them; one that is missing here lets a critical disk silence another one.
 */
export const SUBJECT = [
  "federation",
  "host",
  "instance",
  "job",
  "name",
  "node_id",
  "run_id",
  "phase",
  "cause",
  "slo",
  "gpu",
  "UUID",
  "health_watch",
  "xid",
  "path",
  "device",
  "mountpoint",
  "app",
  "kind",
  "source",
  "strategy",
  "version",
] as const;

/**
 * Critical alerts that explain nothing else on their host: while a certificate runs out, or a GPU waits to
 * be replaced, for days, warnings about the disk must be heard.
 */
const OF_ITSELF = ["Certificate.*", "HostDiskFull", "HostReadOnlyFilesystem", "GPU.*"];

/**
 * What is held back. Alertmanager never lets an alert that matches both sides of a pair be held back by
 * another such alert, so no two of them can silence each other.
 */
export const inhibitions: Inhibition[] = [
  {
    because: "a critical alert speaks for the warnings about the same host",
    // Without a host both sides would count as equal, and all such warnings would be lost.
    source: ['severity="critical"', 'host!=""', `alertname!~"${OF_ITSELF.join("|")}"`],
    target: ['severity="warning"'],
    equal: ["federation", "host"],
  },
  {
    because: "the same problem at its critical threshold",
    source: ['severity="critical"'],
    target: ['severity="warning"'],
    equal: ["alertname", ...SUBJECT],
  },
  {
    // The one critical alert that is held back: the SuperNode is offline because its host is down.
    because: "a host that is down takes its SuperNode with it",
    source: ['alertname="HostDown"'],
    target: ['alertname="SuperNodeOffline"'],
    equal: ["federation", "host"],
  },
  {
    because: "most targets are gone: one message says so, and fifty would hide it",
    source: ['alertname="ManyTargetsDown"'],
    target: ['alertname="TargetDown"', 'severity="warning"'],
    equal: ["federation"],
  },
  ...gpuInhibitions,
  {
    because: "processes that wait for a CPU say more than a CPU that is busy",
    source: ['alertname="HostCpuSaturated"'],
    target: ['severity="warning"', 'alertname="SystemResourceHigh"', 'resource="CPU"'],
    equal: ["federation", "host"],
  },
  {
    because: "a host that stands still for memory says more than memory that is used",
    source: ['alertname="HostMemoryPressure"'],
    target: ['severity="warning"', 'alertname="SystemResourceHigh"', 'resource="memory"'],
    equal: ["federation", "host"],
  },
  {
    because: "the container says whose memory ran out",
    source: ['alertname="ContainerOomKilled"'],
    target: ['severity="warning"', 'alertname="HostOomKill"'],
    equal: ["federation", "host"],
  },
  {
    because: "a container that is killed for memory restarts, and was near its limit before",
    source: ['alertname="ContainerOomKilled"'],
    target: [
      'severity="warning"',
      'alertname=~"ContainerRestarting|ContainerMemoryNearLimit|ContainerUnhealthy"',
    ],
    equal: ["federation", "host", "name"],
  },
  {
    because: "a disk that is full needs no prediction",
    source: ['alertname="HostDiskFull"'],
    target: ['severity="warning"', 'alertname="HostDiskWillFill"'],
    equal: ["federation", "host", "mountpoint"],
  },
  {
    because: "a budget that burns fast burns slowly too",
    source: ['alertname="SLOBudgetBurnsFast"'],
    target: ['alertname="SLOBudgetBurnsSlowly"', 'severity="warning"'],
    equal: ["federation", "slo"],
  },
  {
    because: "nothing is known of promises while what measures them is down",
    source: ['alertname=~"TargetDown|ServiceDown"', 'job!=""'],
    target: ['alertname="SLONoData"', 'severity="warning"'],
    equal: ["federation", "job"],
  },
  {
    because: "nor while the exporter has no answer, or still reads what there was before",
    source: ['alertname=~"FlowerExporterBlind|FlowerExporterReplaying"'],
    target: ['alertname="SLONoData"', 'severity="warning"', 'job="flower"'],
    equal: ["federation"],
  },
  {
    because:
      "a run that has stalled or is lost has no pace, no checkpoints and no clients to tell of",
    source: ['alertname=~"FLTrainingStalled|ServerAppLost"'],
    target: [
      'alertname=~"RunWaitingForNodes|RoundOverdue|TrainingJobStuck|CheckpointOverdue|FLExcessiveClientDropout"',
      'severity="warning"',
    ],
    equal: ["federation", "run_id"],
  },
  {
    // One with a name is held back by its host already.
    because: "a SuperNode that is offline is what came of it: of coming and going, or of crashes",
    source: ['alertname="SuperNodeOffline"'],
    target: ['alertname=~"SuperNodeFlapping|ClientAppCrashing"', 'severity="warning"'],
    equal: ["federation", "node_id"],
  },
  {
    // Where the missing SuperNodes are others, FLTrainingStalled tells of the run all the same.
    because:
      "SuperNodes that are gone make runs wait and their clients fewer, and their alert says so",
    source: ['alertname="SuperNodeOffline"'],
    target: [
      'alertname=~"RunWaitingForNodes|FLExcessiveClientDropout|ClientDropout"',
      'severity="warning"',
    ],
    equal: ["federation"],
  },
  {
    because: "a run that waits for SuperNodes tells how many are missing",
    source: ['alertname="RunWaitingForNodes"'],
    target: ['alertname="FLExcessiveClientDropout"', 'severity="warning"'],
    equal: ["federation", "run_id"],
  },
  {
    because: "a run that is short of clients tells that the federation is",
    source: ['alertname=~"RunWaitingForNodes|FLExcessiveClientDropout"'],
    target: ['alertname="ClientDropout"', 'severity="warning"'],
    equal: ["federation"],
  },
  {
    because: "a round that is overdue is told before its run counts as stuck",
    source: ['alertname="RoundOverdue"'],
    target: ['alertname="TrainingJobStuck"', 'severity="warning"'],
    equal: ["federation", "run_id"],
  },
  {
    because: "a loss that is no number falls no more, and takes the accuracy with it",
    source: ['alertname="LossNaN"'],
    target: ['alertname=~"LossNotFalling|AccuracyDrop"', 'severity="warning"'],
    equal: ["federation", "run_id"],
  },
  {
    because:
      "the SuperNode or the run whose clients fail is named, and is what has to be looked at",
    source: ['alertname=~"SuperNodeZombie|SuperNodeFailing|ClientAppCrashing|MessagesExpired"'],
    target: ['alertname="FLClientFailureRate"', 'severity="warning"'],
    equal: ["federation"],
  },
];
