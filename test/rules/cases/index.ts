import type { AlertCases } from "../alert-case";
import { hostDrift } from "./host-drift";
import { superNodeOffline } from "./super-node-offline";
import { targetDown } from "./target-down";
import { watchdog } from "./watchdog";

/** Cases by the alert's name. An alert that is not here fails test/unit/rules.test.ts. */
export const cases: Record<string, AlertCases> = {
  HostDrift: hostDrift,
  SuperNodeOffline: superNodeOffline,
  TargetDown: targetDown,
  Watchdog: watchdog,
};
