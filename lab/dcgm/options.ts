import { hostname } from "node:os";
import { parseArgs } from "node:util";

/** What the stand-in is told, in the words of the real exporter. */
export interface Options {
  /** CSV of the fields to serve. `-f`, DCGM_EXPORTER_COLLECTORS. */
  collectors: string;
  /** `host:port`, the host may be left out. `-a`, DCGM_EXPORTER_LISTEN. @default ":9400" */
  address: string;
  /** Milliseconds between two samples. `-c`, DCGM_EXPORTER_INTERVAL. @default 30000 */
  interval: number;
  /** Label `Hostname`. */
  hostname: string;
  /** STAND_IN_GPUS. @default 2 */
  gpus: number;
}

/**
 * Arguments and environment as the real exporter reads them; only what our unit uses is known.
 * @throws Error for an argument that is not, and without the GPUs that `--gpus` gives to a container
 */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args,
    options: {
      collectors: { type: "string", short: "f" },
      address: { type: "string", short: "a" },
      "collect-interval": { type: "string", short: "c" },
    },
  });
  // Docker sets it for --gpus. The real image sets it too; this one does not, to see the difference.
  if (env["NVIDIA_VISIBLE_DEVICES"] === undefined) {
    throw new Error("no GPU is visible in this container; was it run with --gpus all?");
  }
  return {
    collectors:
      values.collectors ??
      env["DCGM_EXPORTER_COLLECTORS"] ??
      "/etc/dcgm-exporter/default-counters.csv",
    address: values.address ?? env["DCGM_EXPORTER_LISTEN"] ?? ":9400",
    interval: whole("collect-interval", values["collect-interval"], env, 30_000),
    hostname: env["NODE_NAME"] ?? hostname(),
    gpus: whole("STAND_IN_GPUS", env["STAND_IN_GPUS"], {}, 2),
  };
}

function whole(
  name: string,
  given: string | undefined,
  env: NodeJS.ProcessEnv,
  fallback: number,
): number {
  const text = given ?? env["DCGM_EXPORTER_INTERVAL"] ?? String(fallback);
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`invalid value "${text}" for ${name}`);
  return Number(text);
}
