import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "../kit/provider";
import { ApiError } from "./api";

/** How long the official plugin goes on with a write that the server is not ready for. */
const limitMs = 120_000;

/** Repeats `attempt` while it is refused with one of `statuses`, for two minutes at most. */
export async function retryWhile<T>(
  statuses: readonly number[],
  op: Pick<Operation, "signal">,
  attempt: () => Promise<T>,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (let wait = 500; ; wait = Math.min(wait * 2, 10_000)) {
    try {
      return await attempt();
    } catch (error) {
      const again = error instanceof ApiError && statuses.includes(error.status);
      if (!again || op.signal.aborted || Date.now() + wait > end) throw error;
    }
    await sleep(wait, undefined, { signal: op.signal });
  }
}
