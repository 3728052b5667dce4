import { describe, expect, it } from "vitest";
import { durationSeconds } from "../../components/config/durations";
import type { Case, Expected } from "./config-fixture";
import { expectFaults, junk, remove, parse } from "./config-fixture";

const wrong: [claim: string, given: Case["edit"], ...faults: Expected[]][] = [
  [
    "a missing federation is named with the command that sets it",
    (raw) => remove(raw, "federation"),
    ["federation", "got nothing", "pulumi config set flower-monitoring:federation"],
  ],
  [
    "a federation in capitals is refused",
    (raw) => (raw.federation = junk("Demo Net")),
    ["federation", 'got "Demo Net"', "lower case"],
  ],
  [
    "an unknown top-level key gets a suggestion",
    (raw) => (raw.scrapeIntervall = junk("15s")),
    ["scrapeIntervall", "an unknown key", "did you mean scrapeInterval?"],
  ],
  [
    "an unknown nested key gets a suggestion",
    (raw) => (raw.ssh!.knownHostFile = junk("./k")),
    ["ssh.knownHostFile", "an unknown key", "did you mean knownHostsFile?"],
  ],
  [
    "an unknown key far from any other is listed with the allowed ones",
    (raw) => (raw.images = junk({ loki: "grafana/loki:3" })),
    ["images.loki", "prometheus, alertmanager, grafana", "remove it"],
  ],
  [
    "a scrape interval without unit is refused",
    (raw) => (raw.scrapeInterval = junk("15")),
    ["scrapeInterval", 'got "15"', "1s to 5m", "for example 15s"],
  ],
  [
    "a scrape interval above 5 minutes is refused with the reason",
    (raw) => (raw.scrapeInterval = junk("6m")),
    ["scrapeInterval", 'got "6m"', "stale"],
  ],
  [
    "a scrape interval below a second is refused",
    (raw) => (raw.scrapeInterval = junk("500ms")),
    ["scrapeInterval", 'got "500ms"', "from 1s"],
  ],
  [
    "units of a duration in the wrong order are refused",
    (raw) => (raw.retention = junk("1h2d")),
    ["retention", 'got "1h2d"', "for example 15d"],
  ],
  [
    "a retention below an hour is refused",
    (raw) => (raw.retention = junk("10m")),
    ["retention", 'got "10m"', "blocks of 2 h"],
  ],
  [
    "retainData takes only true and false",
    (raw) => (raw.retainData = junk("yes")),
    ["retainData", 'got "yes"', "true or false"],
  ],
  [
    "an image by :latest is refused",
    (raw) => (raw.images = junk({ prometheus: "prom/prometheus:latest" })),
    ["images.prometheus", "prom/prometheus:latest", "version tag or @sha256 digest"],
  ],
  [
    "an image without tag is refused, also behind a registry with a port",
    (raw) => (raw.images = junk({ grafana: "mirror.example.org:5000/grafana" })),
    ["images.grafana", "mirror.example.org:5000/grafana", "no tag"],
  ],
  [
    "an image with a cut digest is refused",
    (raw) => (raw.images = junk({ grafana: "grafana/grafana@sha256:abc" })),
    ["images.grafana", "digest"],
  ],
  [
    "images older than what the program writes for are refused",
    (raw) =>
      (raw.images = junk({
        prometheus: "prom/prometheus:v2.52.1",
        alertmanager: "prom/alertmanager:v0.27.0",
        grafana: "grafana/grafana:10.4.3",
      })),
    ["images.prometheus", "2.53 or newer"],
    ["images.alertmanager", "0.28 or newer"],
    ["images.grafana", "11.0 or newer"],
  ],
  [
    "artifacts that are not there are named with their absolute path",
    (raw) =>
      (raw.artifacts = junk({
        nodeExporter: "./missing",
        cadvisor: "/opt/wheels",
        wheels: "/opt/node_exporter",
      })),
    ["artifacts.nodeExporter", "/project/missing (no such file)", "directory of Pulumi.yaml"],
    ["artifacts.cadvisor", "/opt/wheels (no such file)"],
    ["artifacts.wheels", "/opt/node_exporter (no such directory)"],
  ],
  [
    "a path of another user's home is refused",
    (raw) => (raw.artifacts = junk({ nodeExporter: "~root/node_exporter" })),
    ["artifacts.nodeExporter", "~root/node_exporter", "not expanded"],
  ],
  [
    "a map that is a text is refused",
    (raw) => (raw.images = junk("prom/prometheus:v3.0.0")),
    ["images", "a map with the keys prometheus, alertmanager, grafana"],
  ],
];

describe("a wrong value", () => {
  it.each(wrong)("%s", (_claim, edit, ...faults) => {
    expectFaults({ edit }, faults);
  });

  it("does not hide other faults: one report names all of them", () => {
    const edit: Case["edit"] = (raw) => {
      raw.federation = junk("Demo");
      raw.retention = junk("forever");
      raw.monitoring!.docker = junk("tcp://10.0.0.10:2375");
      raw.supernodes![0]!.address = junk("10.0.0.300");
      raw.supernodes![1]!.port = junk(0);
      raw.supernodes![1]!.name = junk("superlink");
      raw.alerting!.evaluator = junk("loki");
    };
    expectFaults({ edit }, [
      ["federation"],
      ["supernodes[1].name", "superlink has it too"],
      ["supernodes[0].address", 'got "10.0.0.300"; allowed: an IPv4/IPv6 address or DNS name'],
      ["supernodes[1].port", "got 0", "1 to 65535"],
      ["retention"],
      ["monitoring.docker"],
      ["alerting.evaluator", "grafana or prometheus"],
    ]);
  });
});

describe("a right value", () => {
  it.each([
    ["prom/prometheus:v2.53.0"],
    ["localhost:5000/prom/prometheus:v3.15.0"],
    [`docker.io/prom/prometheus@sha256:${"a".repeat(64)}`],
    [`docker.io/prom/prometheus:v3.15.0@sha256:${"0".repeat(64)}`],
    ["registry.example.org/mirror/prometheus:2026-build.7"],
  ])("image %s is accepted", (image) => {
    const edit: Case["edit"] = (raw) => (raw.images = junk({ prometheus: image }));
    expect(parse({ edit }).images.prometheus).toBe(image);
  });

  it.each([
    ["15s", 15],
    ["1m30s", 90],
    ["1500ms", 1.5],
    ["1y1w1d", (365 + 7 + 1) * 86400],
    ["0s", 0],
    ["", undefined],
    ["1.5s", undefined],
    ["s", undefined],
  ])("duration %s is %s seconds", (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  it.each([
    [true, true],
    [false, false],
    ["true", true],
    ["false", false],
  ])("retainData %j is %s, as text too: Pulumi hands scalars on as text", (given, result) => {
    expect(parse({ edit: (raw) => (raw.retainData = junk(given)) }).retainData).toBe(result);
  });
});
