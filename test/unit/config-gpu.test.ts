import { describe, expect, it } from "vitest";
import type { GpuConfig } from "../../components/config/schema";
import { officialImages } from "../../components/versions";
import type { Case, Editable, Expected } from "./config-fixture";
import { expectFaults, junk, parse } from "./config-fixture";

const GPUS = { FL_GPU_ENABLED: "YES", FL_DCGM_ENABLED: "YES" };

/** The stack's context variables, and what its first SuperNode says for itself. */
function stack(context: object, node: object = {}, more: object = {}): Case["edit"] {
  return (raw: Editable) => {
    raw["context"] = junk(context);
    Object.assign(raw["supernodes"]![0]!, node);
    Object.assign(raw, more);
  };
}

const gpus = (edit: Case["edit"]): (GpuConfig | undefined)[] =>
  parse({ edit }).hosts.map(({ gpu }) => gpu);

const dcgm = {
  image: officialImages.dcgmExporter,
  profiling: false,
  unit: "flower-supernode.service",
};

describe("which hosts have the DCGM exporter", () => {
  it("is all SuperNodes of a stack that trains on GPUs and asks for it, and no other host", () => {
    expect(gpus(stack(GPUS))).toEqual([undefined, { dcgm }, { dcgm }]);
    expect(gpus(stack({ FL_GPU_ENABLED: "YES" }))).toEqual([undefined, {}, {}]);
    expect(gpus(stack({}))).toEqual([undefined, undefined, undefined]);
  });

  it("is for a SuperNode to say: without a GPU, without the exporter, or with both alone", () => {
    expect(gpus(stack(GPUS, { gpu: false }))[1]).toBeUndefined();
    expect(gpus(stack(GPUS, { dcgm: false }))[1]).toEqual({});
    expect(gpus(stack({}, { gpu: true }))[1]).toEqual({});
    expect(gpus(stack({}, { gpu: true, dcgm: true }))).toEqual([undefined, { dcgm }, undefined]);
  });

  it("has profiling for all or for one, and the SuperNode's own unit", () => {
    const of = (edit: Case["edit"]) => gpus(edit).map((gpu) => gpu?.dcgm?.profiling);
    expect(of(stack(GPUS, {}, { dcgmProfiling: "true" }))).toEqual([undefined, true, true]);
    expect(of(stack(GPUS, { dcgmProfiling: true }))).toEqual([undefined, true, false]);
    expect(of(stack(GPUS, { dcgmProfiling: false }, { dcgmProfiling: "true" }))).toEqual([
      undefined,
      false,
      true,
    ]);
    // Where there is no exporter, the stack's wish has no object.
    expect(of(stack(GPUS, { gpu: false }, { dcgmProfiling: "true" }))[1]).toBeUndefined();
    expect(gpus(stack(GPUS, { unit: "supernode@1.service" }))[1]?.dcgm?.unit).toBe(
      "supernode@1.service",
    );
  });

  it("runs the pinned image by digest, and a carried one by the tag that its archive has", () => {
    expect(officialImages.dcgmExporter).toMatch(
      /:4\.5\.\d+-4\.8\.\d+-distroless@sha256:[0-9a-f]{64}$/,
    );
    const files = { "/opt/dcgm.tar": "tar" };
    const carried = parse({
      edit: stack(GPUS, {}, { artifacts: { dcgmImage: "/opt/dcgm.tar" } }),
      files,
    });
    expect(carried.artifacts.dcgmImage).toBe("/opt/dcgm.tar");
    expect(carried.hosts[1]?.gpu?.dcgm?.image).toBe(officialImages.dcgmExporter.split("@")[0]);
    const mirror = {
      images: { dcgmExporter: "mirror.example.org:5000/dcgm-exporter:4.6.0-4.9.1" },
    };
    expect(gpus(stack(GPUS, {}, mirror))[1]?.dcgm?.image).toBe(mirror.images.dcgmExporter);
  });
});

const wrong: [claim: string, given: Case["edit"], ...faults: Expected[]][] = [
  [
    "the exporter on a host that has no GPU is refused",
    stack(GPUS, { gpu: false, dcgm: true }),
    ["supernodes[0].dcgm", "got true", "together with gpu: true"],
  ],
  [
    "profiling without the exporter is refused",
    stack({ FL_GPU_ENABLED: "YES" }, { dcgmProfiling: true }),
    ["supernodes[0].dcgmProfiling", "got true", "together with dcgm: true"],
  ],
  [
    "YES is for context variables, true and false are for hosts",
    stack({}, { gpu: "YES", dcgm: 1, dcgmProfiling: "true" }),
    ["supernodes[0].gpu", 'got "YES"', "true or false"],
    ["supernodes[0].dcgm", "got 1"],
    ["supernodes[0].dcgmProfiling", 'got "true"'],
  ],
  [
    "profiling of the stack takes only true and false",
    stack({}, {}, { dcgmProfiling: "YES" }),
    ["dcgmProfiling", 'got "YES"', "pulumi config set flower-monitoring:dcgmProfiling true"],
  ],
  [
    "a SuperNode's unit is a service, and not ours",
    stack(GPUS, { unit: "flower-supernode" }),
    ["supernodes[0].unit", 'got "flower-supernode"', "ending in .service"],
  ],
  [
    "a SuperLink has no GPUs to look at",
    (raw) => (raw["superlink"]!["gpu"] = junk(true)),
    ["superlink.gpu", "an unknown key"],
  ],
  [
    "an image that moves, or is too old, is refused",
    stack({}, {}, { images: { dcgmExporter: "nvcr.io/nvidia/k8s/dcgm-exporter:latest" } }),
    ["images.dcgmExporter", "version tag or @sha256 digest"],
  ],
  [
    "an exporter from before 4.5 is refused",
    stack({}, {}, { images: { dcgmExporter: "x/dcgm-exporter:3.3.9-3.6.1-ubuntu22.04" } }),
    ["images.dcgmExporter", "version 4.5 or newer"],
  ],
  [
    "an archive that is not there is named with its absolute path",
    stack({}, {}, { artifacts: { dcgmImage: "images/dcgm.tar" } }),
    ["artifacts.dcgmImage", "/project/images/dcgm.tar (no such file)"],
  ],
  [
    "an archive cannot bring an image that is known by digest alone",
    stack(
      {},
      {},
      {
        artifacts: { dcgmImage: "/opt/node_exporter" },
        images: { dcgmExporter: `x.org:5000/dcgm@sha256:${"0".repeat(64)}` },
      },
    ),
    ["images.dcgmExporter", "with a version tag, since artifacts.dcgmImage", "docker save"],
  ],
  [
    "the exporter's port is taken on a VM that is a SuperNode's host",
    stack(
      GPUS,
      {},
      {
        monitoring: { docker: "unix:///d.sock", address: "10.0.0.21", ports: { grafana: 9400 } },
      },
    ),
    ["monitoring.ports.grafana", "got 9400", "the DCGM exporter of supernode-1"],
  ],
];

describe("wrong GPU settings", () => {
  it.each(wrong)("%s", (_claim, edit, ...faults) => {
    expectFaults({ edit }, faults);
  });

  it("leave the port free on a host without the exporter", () => {
    const monitoring = { docker: "unix:///d.sock", address: "10.0.0.21", ports: { grafana: 9400 } };
    const edit = stack(GPUS, { dcgm: false }, { monitoring });
    expect(parse({ edit }).monitoring.ports.grafana).toBe(9400);
  });
});
