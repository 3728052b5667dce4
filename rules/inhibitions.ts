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
  "device",
  "mountpoint",
] as const;

/**
 * What is held back. Alertmanager never lets an alert that matches both sides of a pair be held back by
 * another such alert, so no two of them can silence each other.
 */
export const inhibitions: Inhibition[] = [
  {
    because: "a critical alert speaks for the warnings about the same host",
    // Without a host both sides would count as equal, and all such warnings would be lost.
    source: ['severity="critical"', 'host!=""'],
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
    // Only warnings: node_exporter may be down alone, and a critical alert of its host is true then.
    because: "a host that is down takes its other exporters and what they measure with it",
    source: ['alertname="TargetDown"', 'job="node"', 'host!=""'],
    target: ['severity="warning"'],
    equal: ["federation", "host"],
  },
  {
    because: "most targets are gone: one message says so, and fifty would hide it",
    source: ['alertname="ManyTargetsDown"'],
    target: ['alertname="TargetDown"', 'severity="warning"'],
    equal: ["federation"],
  },
];
