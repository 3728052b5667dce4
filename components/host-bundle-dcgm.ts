/** The DCGM exporter's part of a bundle: what its unit is filled with, its counters, its image. */
import type { ArtifactsConfig, DcgmConfig } from "./config/schema";
import type { Payload } from "./host-artifacts";
import { carriedImage } from "./host-image-archive";
import { template, text } from "./host-bundle-source";
import type { BundleFile } from "./render/host-tar";
import { systemdWord } from "./render/host-units";
import { sha256 } from "./render/shell";

/** Values of the unit's marks, but for its port. */
export function dcgmUnit({ image, unit, profiling }: DcgmConfig): Record<string, string> {
  return {
    IMAGE: systemdWord(image),
    SUPERNODE: unit.replaceAll("%", "%%"),
    // Only the profiling counters need the capability; upstream warns where it is missing.
    PRIVILEGES: profiling ? "--cap-add=SYS_ADMIN" : "--security-opt=no-new-privileges",
  };
}

export function dcgmFiles({ profiling }: DcgmConfig): BundleFile[] {
  const counters =
    template("dcgm/counters.csv") + (profiling ? template("dcgm/profiling.csv") : "");
  return [text("etc/dcgm-counters.csv", counters)];
}

/** The image, where it is carried; container.sh loads it from there. */
export function dcgmImage({ image }: DcgmConfig, { dcgmImage: path }: ArtifactsConfig): Payload[] {
  if (path === undefined) return [];
  const content = carriedImage(path, image);
  return [{ arch: "any", sha256: sha256(content), target: "images/dcgm-exporter.tar", content }];
}
