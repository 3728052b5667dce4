/** Who reaches whom: the monitoring VM each exporter's port, and this machine the VM's own. */
import { readFileSync } from "node:fs";
import * as net from "node:net";
import { join } from "node:path";
import type { FederationHostConfig, FleetConfig } from "../../components/config/schema";
import { exportersOf } from "../../components/render/host-exporters";
import { quote } from "../../components/render/shell";
import { amiss, type Check, fine } from "./checks";

/** A port of a machine. */
export interface Place {
  address: string;
  port: number;
}

/** How a try to connect ended. A refusal is an answer: nothing listens yet, and nothing is in between. */
export type Reached = "open" | "refused" | "silent" | "unresolved" | "no-route";

/** What Prometheus will scrape on a host. */
export function exporterPlaces(
  host: FederationHostConfig,
  context: FleetConfig["context"],
): Place[] {
  return exportersOf(host, context).map(({ port }) => ({ address: host.address, port }));
}

export function reachScript(places: Place[]): string {
  const words = places.map(({ address, port }) => `${address} ${port}`).join(" ");
  return `places=${quote(words)}\n${readFileSync(join(__dirname, "reach.sh"), "utf8")}`;
}

/** `address port` to how it ended; undefined when the machine has nothing to try with. */
export function readReached(stdout: string): Map<string, Reached> | undefined {
  if (stdout.trim() === "none") return undefined;
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  return new Map(
    lines.map(([address, port, how]) => [`${address} ${port}`, how as Reached] as const),
  );
}

/**
 * One check of a host: whether all of its exporters' ports can be reached from there.
 * @param from as in "the monitoring VM"
 */
export function reachCheck(
  places: Place[],
  reached: Map<string, Reached> | undefined,
  from: string,
): Check {
  const ports = places.map(({ port }) => port).join(", ");
  if (reached === undefined) {
    return amiss("reach", `there is no bash on ${from} to try it with; try it by hand`, "warn");
  }
  const failed = places.flatMap(({ address, port }) => {
    const how = reached.get(`${address} ${port}`) ?? "silent";
    return how === "open" || how === "refused" ? [] : [{ port, how }];
  });
  if (failed.length === 0) return fine("reach", `${ports} from ${from}`);
  const seen = failed.map(({ port, how }) => `${port}/tcp ${WORDS[how]}`).join(", ");
  const unknown = failed.every(({ how }) => how === "unresolved");
  return {
    check: "reach",
    state: "fault",
    seen: `from ${from}: ${seen}`,
    next: unknown
      ? `use an address that ${from} can resolve too`
      : `let ${from} reach ${ports}/tcp of this host: firewalls on both, and routes in between`,
  };
}

const WORDS = {
  silent: "does not answer",
  unresolved: "has a name that is not known there",
  "no-route": "cannot be reached",
} as const;

const CONNECT_MS = 5_000;

/** A try from this machine. */
export async function tryHere({ address, port }: Place): Promise<Reached> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port, timeout: CONNECT_MS });
    const end = (how: Reached): void => {
      socket.destroy();
      resolve(how);
    };
    socket.once("connect", () => end("open"));
    socket.once("timeout", () => end("silent"));
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "ECONNREFUSED") end("refused");
      else if (code === "ENOTFOUND" || code === "EAI_AGAIN") end("unresolved");
      else end(code === "ETIMEDOUT" ? "silent" : "no-route");
    });
  });
}
