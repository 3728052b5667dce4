/** GPUs of SuperNodes: which hosts have them, and which of those have the DCGM exporter. Pure. */
import type { Faults } from "./faults";
import { type HostView, member } from "./hosts";
import type { ContextConfig, GpuConfig } from "./schema";
import * as values from "./values";

/** What the stack says for all SuperNodes. */
export interface GpuDefaults {
  context: Pick<ContextConfig, "gpuEnabled" | "dcgmEnabled">;
  dcgmProfiling: boolean;
  /** Image of the DCGM exporter, as hosts are to name it. */
  dcgmImage: string;
}

const SUPERNODE_UNIT = "flower-supernode.service";

/** What a SuperNode says for itself, else what the stack says. A value that is wrong counts as absent. */
function flag(raw: unknown, key: string, fallback: boolean): boolean {
  const value = member(raw, key);
  return typeof value === "boolean" ? value : fallback;
}

/** Whether a SuperNode trains on GPUs, and whether it has the DCGM exporter. */
export function gpuFlags(
  raw: unknown,
  { gpuEnabled, dcgmEnabled }: GpuDefaults["context"],
): { gpu: boolean; dcgm: boolean } {
  const gpu = flag(raw, "gpu", gpuEnabled);
  return { gpu, dcgm: flag(raw, "dcgm", gpu && dcgmEnabled) };
}

/** @returns nothing for a host without GPUs */
export function readGpu(
  { raw, path }: Pick<HostView, "raw" | "path">,
  { context, dcgmProfiling, dcgmImage }: GpuDefaults,
  faults: Faults,
): GpuConfig | undefined {
  const { gpu, dcgm } = gpuFlags(raw, context);
  const profiling = flag(raw, "dcgmProfiling", dcgm && dcgmProfiling);
  const needs = (key: string, other: string): void => {
    faults.value(
      [...path, key],
      true,
      `false, or true together with ${other}: true`,
      `set ${other}: true where this host has GPUs to look at, or remove ${key}`,
    );
  };
  if (dcgm && !gpu) needs("dcgm", "gpu");
  if (profiling && !dcgm) needs("dcgmProfiling", "dcgm");
  if (!gpu) return undefined;
  if (!dcgm) return {};
  const unit = member(raw, "unit");
  return {
    dcgm: {
      image: dcgmImage,
      profiling,
      unit: values.unit(unit) === undefined ? (unit as string) : SUPERNODE_UNIT,
    },
  };
}

/**
 * The reference under which a host's engine has the image: one that was loaded from an archive is
 * known by its tag alone.
 */
export function dcgmImageName(image: string, archive: unknown, faults: Faults): string {
  if (archive === undefined) return image;
  const [name = "", digest] = image.split("@");
  if (digest !== undefined && !/:[^/]+$/.test(name)) {
    faults.value(
      ["images", "dcgmExporter"],
      image,
      "an image with a version tag, since artifacts.dcgmImage brings it",
      "write the tag that `docker save` was given: an archive knows no digest",
    );
  }
  return name;
}
