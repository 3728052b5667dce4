import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "../kit/provider";
import { daemonWords } from "./client";

/** Repeats `attempt` each half second while the daemon refuses with `words`, for `seconds` at most. */
export async function retryWhile(
  words: string,
  seconds: number,
  op: Operation,
  attempt: () => Promise<unknown>,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      const said = daemonWords(error);
      if (!said.includes(words) || Date.now() > end) throw new Error(said, { cause: error });
    }
    await sleep(500, undefined, { signal: op.signal });
  }
}
