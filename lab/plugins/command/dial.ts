import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "ssh2";
import type { Operation } from "../kit/provider";
import { DialError, openTcp, sshConfig, type Connection, type Hop } from "./connection";

/** A connection and what ends it, the proxy's included. */
export interface Dialed {
  client: Client;
  close(): void;
}

type Context = Pick<Operation, "signal" | "log">;

/**
 * Connects as `connection` says, through its proxy when it has one, trying again as often as
 * `dialErrorLimit` allows (10: ten further tries; -1: no limit), 0.1 s apart at first, x1.5 each,
 * 5 s at most.
 */
export async function dial(connection: Connection, op: Context): Promise<Dialed> {
  const { proxy } = connection;
  if (proxy === undefined) {
    const client = await retry("Dial", connection, op, async () =>
      handshake(connection, await openTcp(connection, op.signal), op.signal),
    );
    return { client, close: () => client.end() };
  }
  const viaProxy = <T>(what: Promise<T>): Promise<T> =>
    what.catch((error: unknown) => {
      throw new Error(`proxy: ${messageOf(error)}`, { cause: error });
    });
  const first = await viaProxy(
    retry("Dial proxy", proxy, op, async () =>
      handshake(proxy, await openTcp(proxy, op.signal), op.signal),
    ),
  );
  try {
    const client = await viaProxy(
      retry("Dial", connection, op, async () =>
        handshake(connection, await forward(first, connection), op.signal),
      ),
    );
    const close = (): void => {
      client.end();
      first.end();
    };
    return { client, close };
  } catch (error) {
    first.end();
    throw error;
  }
}

async function retry<T>(
  what: string,
  hop: Hop,
  op: Context,
  attempt: () => Promise<T>,
): Promise<T> {
  const limit = hop.dialErrorLimit ?? 10;
  let delay = 100;
  for (let dials = 1; ; dials++) {
    try {
      return await attempt();
    } catch (error) {
      if (op.signal.aborted) throw contextError(op.signal);
      // A key that cannot be read gets no better by dialing again.
      if (!(error instanceof DialError)) throw error;
      if (limit > -1 && dials > limit) {
        throw new Error(`after ${dials - 1} failed attempts: ${error.message}`, { cause: error });
      }
      op.log.status(`${what} ${dials}/${limit === -1 ? "inf" : limit} failed: retrying`);
    }
    await sleep(delay, undefined, { signal: op.signal }).catch(() => {
      throw contextError(op.signal);
    });
    delay = Math.min(delay * 1.5, 5000);
  }
}

/** Go's words for an operation that was cancelled or ran out of its custom timeout. */
export function contextError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  const timedOut = reason instanceof Error && reason.name === "TimeoutError";
  return new Error(timedOut ? "context deadline exceeded" : "context canceled");
}

function forward(proxy: Client, to: Hop): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, to.host, to.port ?? 22, (error, stream) => {
      if (error === undefined) resolve(stream);
      else reject(new DialError(`ssh: rejected: connect failed (${error.message})`));
    });
  });
}

function handshake(hop: Hop, sock: Duplex, signal: AbortSignal): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    let mismatch = false;
    const config = sshConfig(hop, () => (mismatch = true));
    const onAbort = (): void => void client.destroy();
    signal.addEventListener("abort", onAbort, { once: true });
    const fail = (error: Error & { level?: string }): void => {
      sock.destroy();
      const why = mismatch
        ? "ssh: host key mismatch"
        : error.level === "client-authentication"
          ? "ssh: unable to authenticate, no supported methods remain"
          : error.message;
      reject(new DialError(`ssh: handshake failed: ${why}`));
    };
    client.once("ready", () => {
      client.removeAllListeners("error").on("error", () => undefined);
      resolve(client);
    });
    client.on("error", fail);
    client.on("close", () => {
      signal.removeEventListener("abort", onAbort);
      fail(new Error("EOF"));
    });
    if (hop.password !== undefined) {
      const { password } = hop;
      client.on("keyboard-interactive", (_name, _instructions, _lang, prompts, finish) =>
        finish(prompts.map(() => password)),
      );
    }
    // ssh2 speaks any duplex stream; its types want a Readable.
    client.connect({ ...config, sock });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
