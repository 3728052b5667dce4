/** Sessions on a stack's machines, through the very components/session.sh that `pulumi up` uses. */
import { join } from "node:path";
import { sessionInput } from "../components/render/session";
import { CommandError, run } from "./run";
import type { Machine } from "./machines";

const SESSION = join(__dirname, "..", "components", "session.sh");

/** Longest that a session may take, in milliseconds: one that looks at a host has little to do there. */
const TIMEOUT_MS = 330_000;

export interface SessionAnswer {
  ok: boolean;
  stdout: string;
  /** The last line that it said about a failure, without program and host; empty when `ok`. */
  words: string;
}

/** What is looked at and not changed. */
export type LookAction = "key" | "check" | "run";

/**
 * @param rest further keys of session.sh, such as the bundle's
 * @param script for `run`: what the machine's shell is handed
 */
export async function look(
  action: LookAction,
  { target, secrets }: Pick<Machine, "target" | "secrets">,
  { rest = {}, script = "" }: { rest?: Record<string, string>; script?: string } = {},
): Promise<SessionAnswer> {
  // Passphrase and password go over standard input, which no list of processes shows.
  const input = sessionInput(target, secrets, rest) + script;
  return answered(run("sh", [SESSION, action], { input, timeoutMs: TIMEOUT_MS }), target.name);
}

/** The same for the machine that we are on, where Docker's socket is local. */
export async function lookHere(script: string): Promise<SessionAnswer> {
  return answered(run("sh", ["-s"], { input: script, timeoutMs: TIMEOUT_MS }), "monitoring");
}

async function answered(
  running: Promise<{ stdout: string }>,
  name: string,
): Promise<SessionAnswer> {
  try {
    return { ok: true, stdout: (await running).stdout, words: "" };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const prefix = `flower-monitoring: ${name}: `;
    const lines = error.stderr.split("\n").filter((line) => line.trim() !== "");
    const last = lines.findLast((line) => line.startsWith(prefix)) ?? lines.at(-1);
    // The whole message has the tail of both streams: a shorter one where the script said nothing.
    const words = last ?? error.message.split("\n")[0] ?? "";
    return { ok: false, stdout: error.stdout, words: words.replace(prefix, "") };
  }
}
