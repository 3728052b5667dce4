/** The facts' part of a bundle: a script and the timer that starts it. */
import { source, tree } from "./host-bundle-source";
import type { BundleFile } from "./render/host-tar";

/** What the installer looks for in the file that the script writes. */
export const FACTS_METRIC = "flower_monitoring_facts_timestamp_seconds";

export function factsFiles(): BundleFile[] {
  return [
    source("units/flower-monitoring-facts.service"),
    source("units/flower-monitoring-facts.timer"),
    source("facts.sh"),
    ...tree("host/facts", "facts"),
  ];
}
