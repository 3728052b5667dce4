import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { step } from "../../runner/progress";
import type { Toolchain } from "../../lab/toolchain";
import type { FleetProgram } from "../fleet/protocol";
import { FleetStack, type Took } from "../fleet/stack";
import type { SimulatedHosts } from "./hosts";

/**
 * Resources worked on at once. The hosts' side of each session is on this machine too: with 64 on two
 * cores, handshakes of a destroy took longer than ssh waits (10 s) and were begun again.
 */
export const PARALLEL = 8 * availableParallelism();

/** What one size of fleet took. */
export interface Life {
  hosts: number;
  /** Seconds. */
  first: number;
  noop: number;
  destroy: number;
  /** SSH logins of the first `up`, for all hosts. */
  logins: number;
  /** Size of the state, in bytes. */
  stateBytes: number;
  /** The same stack with one host more. */
  more: { seconds: number; logins: number; changed: number };
}

/** First `up`, `up` without a change, one host more, `destroy`; each is checked on the hosts. */
export async function life(
  simulated: SimulatedHosts,
  tools: Toolchain,
  hosts: number,
  skipCheckpoints: boolean,
): Promise<Life> {
  const dir = await mkdtemp(join(tmpdir(), "flower-monitoring-scale-"));
  const label = `${hosts} hosts${skipCheckpoints ? "" : ", every checkpoint saved"}`;
  try {
    const stack = await FleetStack.create(dir, tools, { parallel: PARALLEL, skipCheckpoints });
    const fleet = (count: number): FleetProgram => ({
      hosts: simulated.first(count),
      privateKeyFile: simulated.privateKeyFile,
    });
    const run = async (what: string, work: () => Promise<Took>, installed: number) => {
      const before = simulated.logins();
      const took = await step(`${label}: ${what}`, work);
      const found = await simulated.installed();
      if (found !== installed) {
        throw new Error(`${label}: ${what} left ${found} hosts installed, not ${installed}`);
      }
      return { ...took, logins: simulated.logins() - before };
    };
    const first = await run("first up", () => stack.up(fleet(hosts)), hosts);
    const stateBytes = await stack.stateBytes();
    const noop = await run("up without a change", () => stack.up(fleet(hosts)), hosts);
    if (noop.changed > 0 || noop.logins > 0) {
      throw new Error(
        `${label}: without a change, ${noop.changed} changed with ${noop.logins} SSH logins`,
      );
    }
    const more = await run("one host more", () => stack.up(fleet(hosts + 1)), hosts + 1);
    const gone = await run("destroy", () => stack.destroy(fleet(hosts + 1)), 0);
    return {
      hosts,
      first: first.seconds,
      noop: noop.seconds,
      destroy: gone.seconds,
      logins: first.logins,
      stateBytes,
      more,
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
