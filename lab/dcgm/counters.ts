import { isField } from "./fields";
import { isExporterField } from "./exporter-fields";

/** A line of the counters' CSV. */
export interface Counter {
  name: string;
  /** Prometheus type, or `label`. */
  type: string;
  help: string;
}

const TYPES = ["gauge", "counter", "histogram", "summary", "label"];

/** Fields for which DCGM needs SYS_ADMIN. */
export const PROFILING = /^DCGM_FI_PROF_/;

/**
 * The counters of a CSV. As in the real exporter, lines that start with # are comments, and one line
 * that is wrong ends it; the real one knows all of DCGM's fields, this one those that it can serve.
 */
export function readCounters(csv: string): Counter[] {
  return csv.split("\n").flatMap((line, index) => {
    if (line.startsWith("#") || line.trim() === "") return [];
    const fields = line.split(",").map((field) => field.trim());
    const [name = "", type = "", help = ""] = fields;
    if (fields.length !== 3 || line.includes('"')) {
      throw new Error(`line ${index + 1} of the counters (${line}): expected 3 fields, no quotes`);
    }
    if (!isField(name) && !isExporterField(name)) {
      throw new Error(`line ${index + 1} of the counters: could not find DCGM field ${name}`);
    }
    if (!TYPES.includes(type)) {
      throw new Error(
        `line ${index + 1} of the counters: unknown Prometheus metric type '${type}'`,
      );
    }
    return [{ name, type, help }];
  });
}
