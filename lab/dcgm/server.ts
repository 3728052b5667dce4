import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type Counter, PROFILING, readCounters } from "./counters";
import { readFaults } from "./faults";
import type { Options } from "./options";
import { renderMetrics } from "./render";

/** CAP_SYS_ADMIN in /proc/self/status. */
const SYS_ADMIN = 1n << 21n;

/** As the real exporter: without the capability DCGM has no profiling fields, and their lines are skipped. */
export function servable(counters: Counter[], status = processStatus()): Counter[] {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0";
  if ((BigInt(`0x${effective}`) & SYS_ADMIN) !== 0n) return counters;
  return counters.filter(({ name }) => !PROFILING.test(name));
}

function processStatus(): string {
  return readFileSync("/proc/self/status", "utf8");
}

/** Serves /metrics, /health and a page, until it is closed. @throws Error for counters it cannot serve */
export function serve(options: Options, faultsFile?: string): Server {
  const wanted = readCounters(readFileSync(options.collectors, "utf8"));
  const counters = servable(wanted);
  if (counters.length < wanted.length) {
    console.error("profiling metrics are skipped: they need --cap-add SYS_ADMIN");
  }
  const start = Date.now();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://stand-in").pathname;
    response.setHeader("content-type", "text/plain; charset=utf-8");
    if (path === "/metrics") {
      const clock = { start, now: Date.now() };
      response.end(renderMetrics(counters, options, clock, readFaults(faultsFile)));
    } else if (path === "/health") response.end("OK");
    else if (path === "/") response.end("Stand-in for the DCGM exporter: /metrics, /health\n");
    else response.writeHead(404).end();
  });
  const colon = options.address.lastIndexOf(":");
  const host = options.address.slice(0, colon).replace(/^\[|\]$/g, "");
  server.listen(Number(options.address.slice(colon + 1)), host === "" ? undefined : host);
  return server;
}
