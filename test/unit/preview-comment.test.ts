/** The comment on a change says exactly that change, and nothing else. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Folder } from "../../preview/folder";
import { commentOn, exampleFolder, saidIn } from "../support/preview-case";
import type { Editable } from "./config-fixture";

let base: Folder;
beforeAll(() => {
  base = exampleFolder();
});

/** What is said of an edit of the stack's file, where no engine was asked. */
const said = (edit: (raw: Editable) => void): string[] =>
  saidIn(commentOn({ base, head: exampleFolder(edit) }));

const alerting = (raw: Editable, changes: object): void => {
  Object.assign(raw["alerting"] as object, changes);
};
const NOTHING = ["- **Restarts**: nothing", "- **Hosts touched**: none"];

describe("of a change of the stack's file", () => {
  it("that is none, it says so", () => {
    expect(said(() => undefined)).toEqual(["**Nothing changes.**", ...NOTHING]);
  });

  it("a threshold is the alerts that wait for it", () => {
    const edit = (raw: Editable): void => alerting(raw, { thresholds: { hostDriftFor: "1m" } });
    expect(said(edit)).toEqual([
      "**1 alert changed.**",
      ...NOTHING,
      "# Rules: 1 alert changed",
      "- **`HostDrift`**: for `30s` → `1m`",
    ]);
  });

  it("a route more is that route", () => {
    expect(said((raw) => alerting(raw, { routing: { critical: ["lab"] } }))).toEqual([
      "**1 route changed.**",
      ...NOTHING,
      "# Routes and receivers: 1 route changed",
      '- `severity="critical"` → `lab` is new',
    ]);
  });

  it("a pause is the root's", () => {
    expect(said((raw) => alerting(raw, { groupWait: "10s" }))).toEqual([
      "**1 route changed.**",
      ...NOTHING,
      "# Routes and receivers: 1 route changed",
      "- Everything else → `lab`: group_wait `5s` → `10s`",
    ]);
  });

  it("a receiver more is that receiver, and where it is told", () => {
    const pager = { name: "pager", pagerduty: { routingKeySecret: "pagerKey" } };
    const words = said((raw) => {
      const receivers = (raw["alerting"] as unknown as { receivers: object[] }).receivers;
      alerting(raw, { receivers: [...receivers, pager], routing: { critical: ["pager"] } });
    });
    expect(words).toEqual([
      "**1 route changed and 1 receiver changed.**",
      ...NOTHING,
      "# Routes and receivers: 1 route changed and 1 receiver changed",
      '- `severity="critical"` → `pager` is new',
      "- Receiver **`pager`** is new: `pagerduty`",
    ]);
  });

  it("a label of a host is its targets', and touches no host", () => {
    const edit = (raw: Editable): void => {
      Object.assign(raw["supernodes"]?.[1]?.["labels"] ?? {}, { site: "hospital-9" });
    };
    expect(said(edit)).toEqual([
      "**1 target relabelled.**",
      ...NOTHING,
      "# Scrape targets: 1 target relabelled",
      "- `node` of `supernode-2`: site `hospital-2` → `hospital-9`",
    ]);
  });

  it("another image restarts its service, and nothing else", () => {
    const image = "flower-monitoring-lab/prometheus:v3";
    const edit = (raw: Editable): void => {
      Object.assign(raw["images"] ?? {}, { prometheus: `${image}.15.1` });
    };
    expect(said(edit)).toEqual([
      "**1 container changed.**",
      "- **Restarts**: Prometheus: its container is replaced",
      "- **Hosts touched**: none",
      "# Containers: 1 container changed",
      `- **Prometheus**: image \`${image}.15.0\` → \`${image}.15.1\``,
    ]);
  });

  it("the scrape interval is prometheus.yml's, by its lines", () => {
    const words = said((raw) => {
      Object.assign(raw, { scrapeInterval: "20s" });
    });
    expect(words).toEqual(
      expect.arrayContaining([
        "# Prometheus' configuration: Prometheus' configuration changed",
        "  -   scrape_interval: 5s",
        "  +   scrape_interval: 20s",
      ]),
    );
    expect(words.slice(1, 3)).toEqual(NOTHING);
  });

  it("another repair touches every host, and restarts nothing", () => {
    const words = said((raw) => {
      Object.assign(raw, { repair: "2" });
    });
    expect(words).toEqual([
      "**1 setting changed.**",
      "- **Restarts**: nothing",
      "- **Hosts touched**: `superlink`, `supernode-1`, `supernode-2` updated",
      "# Settings: 1 setting changed",
      "- repair `1` → `2`",
    ]);
  });
});

describe("of hosts", () => {
  it("a new one is installed, scraped, and nothing else", () => {
    const words = said((raw) => {
      const host = { name: "supernode-3", address: "172.31.77.23", labels: { site: "hospital-3" } };
      (raw["supernodes"] as unknown as object[]).push(host);
    });
    expect(words.slice(0, 3)).toEqual([
      "**1 target added and 1 host added.**",
      "- **Restarts**: nothing",
      "- **Hosts touched**: `supernode-3` installed",
    ]);
    expect(words).toContain(
      "- `node` of `supernode-3` at `172.31.77.23:9100`: scraped from now on",
    );
    expect(words).toContain("- `supernode-3`: is new (`supernode`): `node-exporter`, `facts`");
  });

  it("one that is removed is cleaned", () => {
    const words = said((raw) => {
      (raw["supernodes"] as unknown as object[]).pop();
    });
    expect(words.slice(0, 3)).toEqual([
      "**1 target removed and 1 host removed.**",
      "- **Restarts**: nothing",
      "- **Hosts touched**: `supernode-2` cleaned",
    ]);
  });

  it("one that is lost is not touched", () => {
    const words = said((raw) => {
      Object.assign(raw["supernodes"]?.[1] ?? {}, { lost: true });
    });
    expect(words).toContain("- **Hosts touched**: none");
    expect(words).toContain("- `supernode-2`: lost `false` → `true`");
  });

  it("a setting of the SuperLink's exporter restarts that, and shows its lines", () => {
    const words = said((raw) => {
      Object.assign(raw["superlink"]?.["flower"] ?? {}, { controlApi: "172.31.77.11:8001" });
    });
    expect(words).toContain("- **Restarts**: `flower-monitoring-flower-exporter` on `superlink`");
    expect(words).toContain("- **Hosts touched**: `superlink` updated");
    expect(words).toContain('  -   "control_api": "172.31.77.11:8000",');
    expect(words).toContain('  +   "control_api": "172.31.77.11:8001",');
  });

  it("another hook restarts the units of Flower's that the stack names", () => {
    const restart = (raw: Editable): void => {
      Object.assign(raw["superlink"]?.["flower"] ?? {}, { restart: ["flower-superlink.service"] });
    };
    const old = exampleFolder(restart);
    const head = exampleFolder((raw) => {
      restart(raw);
      Object.assign(raw, { context: { FL_LOG_FORMAT: "text" } });
    });
    const words = saidIn(commentOn({ base: old, head }));
    expect(words.join("\n")).toContain("Flower's `flower-superlink.service` on `superlink`");
    expect(words.join("\n")).toContain("the hook changed");
  });
});
