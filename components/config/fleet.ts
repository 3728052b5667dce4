/** The part of a stack that has the federation's hosts. Pure. */
import type { Access } from "./access";
import { checkExporterPorts } from "./context";
import { DEFAULTS } from "./defaults";
import type { Faults } from "./faults";
import type { ConfigIo } from "./files";
import * as files from "./files";
import { dcgmImageName } from "./gpu";
import type { HostDefaults, HostView } from "./hosts";
import { checkSupernodes, checkUnique, member, readHost } from "./hosts";
import type { CommonConfig, ContextConfig, FleetConfig, SshConfig } from "./schema";
import { read, shapes } from "./shapes";

/** What both parts of a stack go by. */
export interface CommonParts extends Pick<CommonConfig, "images"> {
  context: ContextConfig;
  ssh: { config: SshConfig; access: Access };
  /** None in a stack without hosts. */
  views: readonly HostView[];
}

/** @returns what is the hosts' alone, or undefined after its faults were added */
export function readFleet(
  raw: Readonly<Record<string, unknown>>,
  { context, images, ssh, views }: CommonParts,
  io: ConfigIo,
  faults: Faults,
): Omit<FleetConfig, keyof CommonConfig> | undefined {
  const hook = read(shapes.hook, raw.hook ?? DEFAULTS.hook, ["hook"], faults);
  const dcgmProfiling = read(
    shapes.dcgmProfiling,
    raw.dcgmProfiling ?? DEFAULTS.dcgmProfiling,
    ["dcgmProfiling"],
    faults,
  );
  checkSupernodes(raw.supernodes, faults);
  checkUnique(views, faults);
  checkExporterPorts(views, context, faults);
  const defaults: HostDefaults = {
    hook: String(hook) === "true",
    context,
    dcgmProfiling: String(dcgmProfiling) === "true",
    dcgmImage: dcgmImageName(images.dcgmExporter, member(raw.artifacts, "dcgmImage"), faults),
  };
  const hosts = views.map((view) => readHost(view, ssh.access, defaults, faults));
  const repair =
    raw.repair === undefined ? undefined : read(shapes.repair, raw.repair, ["repair"], faults);
  const artifacts = read(shapes.artifacts, raw.artifacts ?? {}, ["artifacts"], faults);
  const carried = artifacts && files.artifacts(artifacts, io, faults);
  if (carried === undefined) return undefined;
  return {
    context,
    hosts: hosts.filter((host) => host !== undefined),
    artifacts: carried,
    ...(repair === undefined ? {} : { repair }),
  };
}
