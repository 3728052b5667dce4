/** The DCGM exporter's part of a bundle: what its unit is filled with, its counters, its image. */
import type { ArtifactsConfig, DcgmConfig } from "./config/schema";
import { carriedImage } from "./host-image-archive";
import { mode, template, text } from "./host-bundle-source";
import type { BundleFile } from "./render/host-tar";
import { systemdWord } from "./render/host-units";

/** Values of the unit's marks, but for its port. */
export function dcgmUnit({ image, unit, profiling }: DcgmConfig): Record<string, string> {
  return {
    IMAGE: systemdWord(image),
    SUPERNODE: unit.replaceAll("%", "%%"),
    // Only the profiling counters need the capability; upstream warns where it is missing.
    PRIVILEGES: profiling ? "--cap-add=SYS_ADMIN" : "--security-opt=no-new-privileges",
  };
}

export function dcgmFiles(
  { image, profiling }: DcgmConfig,
  { dcgmImage }: ArtifactsConfig,
): BundleFile[] {
  const counters =
    template("dcgm/counters.csv") + (profiling ? template("dcgm/profiling.csv") : "");
  const files = [text("etc/dcgm-counters.csv", counters)];
  if (dcgmImage !== undefined) {
    const content = carriedImage(dcgmImage, image);
    files.push({ path: "images/dcgm-exporter.tar", mode, content });
  }
  return files;
}
