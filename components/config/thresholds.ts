/** What a stack says of when somebody is called. Pure. */
import { THRESHOLDS, type Thresholds } from "../../rules/thresholds";
import type { Threshold } from "../../rules/threshold";
import { closest, type Faults } from "./faults";
import { entriesOf } from "./routing";

/** `alerting.thresholds`: those that are right, after the faults of the others were added. */
export function readThresholds(raw: unknown, faults: Faults): Partial<Thresholds> {
  const path = ["alerting", "thresholds"];
  const known: Record<string, Threshold> = THRESHOLDS;
  const own: Record<string, unknown> = {};
  for (const [name, value] of entriesOf(raw, path, "a map of thresholds", faults)) {
    const threshold = Object.hasOwn(known, name) ? known[name] : undefined;
    if (threshold === undefined) {
      const near = closest(name, Object.keys(known));
      const fix = near === undefined ? "remove it or correct its name" : `did you mean ${near}?`;
      faults.text([...path, name], "an unknown key", "a name of docs/thresholds.md", fix);
    } else if (threshold.accepts(value)) own[name] = value;
    else {
      const fix = `write one, or leave it out for ${threshold.default}: ${threshold.why}`;
      faults.value([...path, name], value, threshold.allowed, fix);
    }
  }
  return own;
}
