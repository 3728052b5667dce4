/** The hook's part of a bundle: our package, its settings, and what starts it. */
import type { HostBundleSpec } from "./host-bundle";
import { source, template, text, tree } from "./host-bundle-source";
import { renderHookSettings } from "./render/hook-settings";
import type { BundleFile } from "./render/host-tar";
import { fillUnit } from "./render/host-units";
import { sha256, shortHash } from "./render/shell";

/** Where hosts keep the hook; the installer has it too, and users mount it into containers. */
export const HOOK_DIRECTORY = "/opt/flower-monitoring/hook/current";

const PACKAGE = "lib/flower_monitoring";

/** Our Python package as it comes in every bundle that needs it; the exporter's part is apart. */
export function packageFiles(): BundleFile[] {
  return tree("python/src/flower_monitoring", PACKAGE).filter(
    ({ path }) => !path.startsWith(`${PACKAGE}/exporter/`),
  );
}

export function exporterFiles(): BundleFile[] {
  return tree("python/src/flower_monitoring/exporter", `${PACKAGE}/exporter`);
}

/** What a host gets for the hook beside the package; nothing where it gets no hook. */
export function hookFiles({ role, flower, context, gpu }: HostBundleSpec): BundleFile[] {
  if (flower?.hook !== true) return [];
  const directory = HOOK_DIRECTORY;
  const pth = text(
    "hook/flower-monitoring.pth",
    fillUnit(template("hook.pth"), { DIRECTORY: directory }),
  );
  return [
    text("hook/flower_monitoring.conf", renderHookSettings(role, context, gpu)),
    source("hook/sitecustomize.py"),
    ...(flower.runtime === "venv" ? [pth] : []),
  ];
}

/**
 * Names the hook's directory on the host: another content is another directory, and so is another
 * Python, for which it is compiled.
 */
export function hookId(files: BundleFile[], python = ""): string {
  const lines = files.map(({ path, content }) => `${path} ${sha256(content)}`);
  return shortHash(sha256([python, ...lines.sort()].join("\n")));
}
