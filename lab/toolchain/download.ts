import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Milliseconds for an origin to answer at all; offline machines wait this long once. */
const CONNECT_MS = 5_000;
/** Milliseconds without one byte after which a download is given up. */
const STALL_MS = 30_000;

/** Origins that did not answer in this process, with the reason: asking again costs time. */
const unreachable = new Map<string, string>();

/** An origin that cannot be reached from here, as opposed to one that says no. */
export class UnreachableError extends Error {
  override name = "UnreachableError";
}

/** Fetches a small text, a checksum file. Errors as `download`. */
export async function downloadText(url: string): Promise<string> {
  const { response, stop } = await request(url);
  try {
    return await response.text();
  } finally {
    stop();
  }
}

/**
 * Downloads a file and compares it with its published checksum.
 * @param sha256 64 hex digits
 * @param say told how far it is
 * @throws {UnreachableError} when the origin does not answer; it is not asked again
 * @throws Error when it answers with a fault, or the checksum differs
 */
export async function download(
  url: string,
  file: string,
  sha256: string,
  say: (detail: string) => void,
): Promise<void> {
  const { response, stop } = await request(url);
  const total = Number(response.headers.get("content-length") ?? 0);
  const hash = createHash("sha256");
  let got = 0;
  let stalled = setTimeout(stop, STALL_MS);
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      clearTimeout(stalled);
      stalled = setTimeout(stop, STALL_MS);
      got += chunk.length;
      hash.update(chunk);
      say(`${mib(got)}${total > 0 ? ` of ${mib(total)}` : ""} MiB`);
      done(null, chunk);
    },
  });
  try {
    if (response.body === null) throw new Error(`${url}: the answer has no body.`);
    await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(file));
  } finally {
    clearTimeout(stalled);
  }
  const have = hash.digest("hex");
  if (have !== sha256) {
    throw new Error(`${url}: sha256 is ${have}, its checksum file says ${sha256}. Not used.`);
  }
}

/**
 * The sha256 of one file in a `sha256sum` style list.
 * @throws when the list does not name the file
 */
export function findChecksum(list: string, file: string): string {
  for (const line of list.split("\n")) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === file && sum !== undefined && /^[0-9a-f]{64}$/.test(sum)) return sum;
  }
  throw new Error(`The checksum list does not name ${file}.`);
}

/** Whether an origin answers at all, with whatever status. Remembered like a failed download. */
export async function isReachable(origin: string): Promise<boolean> {
  try {
    (await request(origin)).stop();
    return true;
  } catch (error) {
    return !(error instanceof UnreachableError);
  }
}

async function request(url: string): Promise<{ response: Response; stop: () => void }> {
  const origin = new URL(url).origin;
  const before = unreachable.get(origin);
  if (before !== undefined) throw new UnreachableError(before);

  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), CONNECT_MS);
  try {
    const response = await fetch(url, { signal: control.signal });
    if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
    return { response, stop: () => control.abort() };
  } catch (error) {
    if (error instanceof TypeError || control.signal.aborted) {
      const cause = control.signal.aborted ? `no answer in ${CONNECT_MS / 1000} s` : why(error);
      const text = `${origin} cannot be reached (${cause})`;
      unreachable.set(origin, text);
      throw new UnreachableError(text);
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** fetch says "fetch failed" and keeps the reason one level down. */
function why(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : String(error);
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
