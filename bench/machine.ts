import { cpus, loadavg } from "node:os";

/** What a reader must know of the machine to judge its numbers; other work shows in the load. */
export function machineLine(): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  return `${cpus().length} cores (${model}), load ${(loadavg()[0] ?? 0).toFixed(1)}`;
}
