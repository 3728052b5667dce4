import { describe, expect, it } from "vitest";
import { asCore, asFleet } from "../support/scopes";
import type { Case, Expected } from "./config-fixture";
import {
  PASSWORD,
  errorOf,
  expectFaults,
  junk,
  parse,
  parseAny,
  publicKey,
  remove,
} from "./config-fixture";

/** The right config's images are the defaults; here there is something to take away. */
const IMAGES = {
  prometheus: "prom/prometheus:v3.15.0",
  alertmanager: "prom/alertmanager:v0.31.1",
  grafana: "grafana/grafana:12.4.10",
  dcgmExporter: "nvcr.io/nvidia/k8s/dcgm-exporter:4.5.3-4.8.2",
};

/** What Pulumi puts into every stack, from Pulumi.yaml, as it hands it on. */
const DEFAULTS = {
  scrapeInterval: "15s",
  retention: "15d",
  retainData: "true",
  hook: "true",
  dcgmProfiling: "false",
};

const fleet =
  (edit?: Case["edit"]): Case["edit"] =>
  (raw) => {
    raw.images = junk({ ...IMAGES });
    asFleet(raw);
    edit?.(raw);
  };

const core =
  (edit?: Case["edit"]): Case["edit"] =>
  (raw) => {
    raw.images = junk({ ...IMAGES });
    asCore(raw, "fleet");
    edit?.(raw);
  };

const NO_SECRET = { secret: [] };

describe("a fleet", () => {
  it("is the hosts of the whole, and no more", () => {
    const { federation, context, ssh, hosts, artifacts } = parse();
    const edit = fleet((raw) => remove(raw, "images"));
    const { images, ...rest } = parseAny({ edit, ...NO_SECRET });
    expect(rest).toEqual({ scope: "fleet", federation, context, ssh, hosts, artifacts });
    expect(images).toEqual(parse().images);
  });

  it("takes the defaults that Pulumi gives to every stack for nothing that was said", () => {
    const edit = fleet((raw) => Object.assign(raw, DEFAULTS));
    expect(parseAny({ edit, ...NO_SECRET })).not.toHaveProperty("retention");
  });

  it("has an image of the DCGM exporter", () => {
    const edit = fleet((raw) => {
      raw.context = junk({ FL_GPU_ENABLED: "YES", FL_DCGM_ENABLED: "YES" });
    });
    const config = parseAny({ edit, ...NO_SECRET });
    const images = "hosts" in config ? config.hosts.map(({ gpu }) => gpu?.dcgm?.image) : [];
    expect(images).toEqual([undefined, IMAGES.dcgmExporter, IMAGES.dcgmExporter]);
  });
});

describe("a core", () => {
  it("is the whole without its hosts", () => {
    const rest: Record<string, unknown> = { ...parse(), scope: "core", fleetStack: "fleet" };
    for (const key of ["hosts", "context", "artifacts"]) Reflect.deleteProperty(rest, key);
    const edit = core((raw) => remove(raw, "images"));
    expect(parseAny({ edit })).toEqual(rest);
  });

  it("takes the defaults that Pulumi gives to every stack for nothing that was said", () => {
    const edit = core((raw) => Object.assign(raw, DEFAULTS));
    expect(parseAny({ edit })).not.toHaveProperty("hosts");
  });

  it.each(["fleet", "demo-fleet.2", "acme/flower-monitoring/fleet"])("names %s", (name) => {
    const edit = core((raw) => (raw.fleetStack = junk(name)));
    expect(parseAny({ edit })).toMatchObject({ fleetStack: name });
  });

  it("on this machine's Docker logs in nowhere, and needs no known hosts", () => {
    const none = (monitoring?: object): Case["edit"] =>
      core((raw) => {
        raw.ssh!.knownHostsFile = junk("./none");
        if (monitoring !== undefined) raw.monitoring = junk(monitoring);
      });
    const here = none({ docker: "unix:///var/run/docker.sock" });
    expect(parseAny({ edit: here })).toMatchObject({ scope: "core" });
    expectFaults({ edit: none() }, [["ssh.knownHostsFile", "no such file"]]);
  });

  it("pins the VM's key and no other", () => {
    const files = { "/project/known_hosts": `10.0.0.10 ${publicKey()}` };
    expect(parseAny({ edit: core(), files })).toMatchObject({
      monitoring: { hostKey: publicKey() },
    });
  });

  it("may tell any site: which there are is the fleet's to know", () => {
    const edit = core((raw) => (raw.alerting!.sites = junk({ "hospital-9": ["ops"] })));
    expect(parseAny({ edit })).toMatchObject({ alerting: { sites: { "hospital-9": ["ops"] } } });
    const whole: Case["edit"] = (raw) => {
      raw.alerting!.sites = junk({ "hospital-9": ["ops"] });
    };
    expectFaults({ edit: whole }, [["alerting.sites.hospital-9", "a site that no host has"]]);
  });
});

const wrong: [claim: string, edit: Case["edit"], ...faults: Expected[]][] = [
  [
    "a scope that there is not",
    (raw) => (raw.scope = junk("hosts")),
    ["scope", 'got "hosts"; allowed: all or core or fleet', "docs/scaling.md"],
  ],
  [
    "a core that names no fleet",
    core((raw) => remove(raw, "fleetStack")),
    ["fleetStack", "got nothing", "organization/project/stack", "pulumi stack ls"],
  ],
  [
    "a fleet of half a name",
    core((raw) => (raw.fleetStack = junk("project/fleet"))),
    ["fleetStack", 'got "project/fleet"'],
  ],
  [
    "a fleet's name where the stack has its hosts itself",
    (raw) => (raw.fleetStack = junk("fleet")),
    ["fleetStack", "nothing in a stack with scope: all", "write scope: core"],
  ],
  [
    "a core with hosts and what belongs to them",
    core((raw) => {
      raw.superlink = junk({ name: "superlink" });
      raw.supernodes = junk([{ name: "supernode-1" }]);
      raw.artifacts = junk({ wheels: "/opt/wheels" });
      raw.repair = junk("1");
      raw.context = junk({ FL_METRICS_PORT: 9101 });
      raw.hook = junk("false");
      raw.dcgmProfiling = junk("true");
      raw.images!.dcgmExporter = junk(IMAGES.dcgmExporter);
    }),
    ["context", "got a map"],
    ["hook", 'got "false"; allowed: nothing in a stack with scope: core', "scope: fleet"],
    ["dcgmProfiling", 'got "true"'],
    [
      "superlink",
      "got a map",
      "remove it here; it belongs into the file of the stack with scope: fleet",
    ],
    ["supernodes", "got a list"],
    ["repair", 'got "1"'],
    ["artifacts", "got a map"],
    ["images.dcgmExporter", "nothing in a stack with scope: core"],
  ],
];

describe("refused is", () => {
  it.each(wrong)("%s", (_claim, edit, ...faults) => {
    expectFaults({ edit }, faults);
  });

  it("a fleet with what belongs to the VM, its password not shown", () => {
    const edit = fleet((raw) => {
      raw.monitoring = junk({ docker: "tcp://nonsense" });
      raw.alerting = junk({ receivers: [{ name: "ops", webhook: { urlSecret: "opsUrl" } }] });
      raw.opsUrl = junk("https://hooks.example.org/abcdefgh");
      raw.scrapeInterval = junk("5s");
      raw.retention = junk("2d");
      raw.retainData = junk("false");
      raw.images = junk({ ...IMAGES });
      raw.grafanaAdminPassword = junk(PASSWORD);
    });
    const secret = ["grafanaAdminPassword", "opsUrl"];
    expectFaults({ edit, secret }, [
      ["scrapeInterval", 'got "5s"; allowed: nothing in a stack with scope: fleet', "scope: core"],
      ["retention", 'got "2d"'],
      ["retainData", 'got "false"'],
      ["monitoring", "got a map"],
      ["alerting", "got a map"],
      ["grafanaAdminPassword", "got a value that is not shown here"],
      ["images.prometheus", IMAGES.prometheus],
      ["images.alertmanager"],
      ["images.grafana"],
    ]);
    expect(errorOf({ edit, secret }).message).not.toMatch(/correct-horse|abcdefgh/);
  });

  it("a fleet's own mistake, beside what does not belong to it", () => {
    const edit = fleet((raw) => {
      raw.monitoring = junk({});
      raw.supernodes![0]!.address = junk("10.0.0.300");
    });
    expectFaults({ edit, ...NO_SECRET }, [["monitoring"], ["supernodes[0].address"]]);
  });

  it("a core without Grafana's password", () => {
    const edit = core((raw) => remove(raw, "grafanaAdminPassword"));
    expectFaults({ edit, ...NO_SECRET }, [["grafanaAdminPassword", "got nothing"]]);
  });
});
