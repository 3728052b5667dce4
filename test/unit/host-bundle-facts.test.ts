import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { CONTEXT_DEFAULTS } from "../../components/config/context";
import type { FlowerConfig } from "../../components/config/schema";
import { hostBundle, type HostBundle, type HostBundleSpec } from "../../components/host-bundle";

const ROOT = resolve(__dirname, "../..");

const flower: FlowerConfig = {
  python: "/opt/flower/bin/python",
  runtime: "venv",
  hook: true,
  restart: [],
  containerMetrics: false,
};

function bundle(changes: Partial<HostBundleSpec> = {}): HostBundle {
  const common = { federation: "demo", context: CONTEXT_DEFAULTS, artifacts: {} };
  return hostBundle({ role: "supernode", ...common, ...changes });
}

function fileIn({ files }: HostBundle, path: string): string {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`the bundle has no ${path}`);
  return file.content.toString();
}

/** Whose a path of the release is, as the host finds it out: the first line that fits. */
function ownerOf(of: HostBundle, path: string): string | undefined {
  const lines = fileIn(of, "owners.list").trim().split("\n");
  return lines.map((line) => line.split(" ")).find(([, start = ""]) => path.startsWith(start))?.[0];
}

describe("the facts in a bundle", () => {
  it("are a part of every host, with a service, a timer and no port", () => {
    const of = bundle();
    const paths = of.files.map(({ path }) => path);

    expect(paths).toEqual(
      expect.arrayContaining([
        "facts.sh",
        "facts/drift.sh",
        "parts/facts.sh",
        "units/flower-monitoring-facts.service",
        "units/flower-monitoring-facts.timer",
      ]),
    );
    expect(fileIn(of, "parts.list")).toMatch(
      /^facts [0-9a-f]{64} - flower_monitoring_facts_timestamp_seconds$/m,
    );
  });

  it("know whose each file is: the part's, the hook's, or else the installer's", () => {
    const control = { address: "127.0.0.1:8000", insecure: true };
    const superlink = bundle({ role: "superlink", flower: { ...flower, control } });
    const owners = {
      "bin/node_exporter": "node-exporter",
      "units/flower-monitoring-node-exporter.service": "node-exporter",
      "lib/flower_monitoring/exporter/__main__.py": "flower-exporter",
      // Unpacked by the host.
      "lib/prometheus_client/core.py": "flower-exporter",
      "etc/flower-exporter.json": "flower-exporter",
      "facts/drift.sh": "facts",
      "hook/flower-monitoring.pth": "hook",
      "steps/verify.sh": undefined,
      "bundle.env": undefined,
    };
    for (const [path, owner] of Object.entries(owners)) {
      expect(ownerOf(superlink, path), path).toBe(owner);
    }
    expect(ownerOf(bundle({ flower }), "lib/flower_monitoring/hook/boot.py")).toBe("hook");
  });

  it("look at the certificates that the stack lists, as words of the shell", () => {
    const certificates = ["/etc/flower/node.crt", "/etc/flower/ca.crt"];
    expect(fileIn(bundle({ flower: { ...flower, certificates } }), "bundle.env")).toContain(
      "FM_CERTIFICATES='/etc/flower/node.crt /etc/flower/ca.crt'\n",
    );
    expect(fileIn(bundle(), "bundle.env")).toContain("FM_CERTIFICATES=''\n");
  });
});

/** Names of our metrics in a text. */
function names(text: string): string[] {
  return [...new Set(text.match(/\bflower_monitoring_[a-z_]+/g))].sort();
}

describe("docs/host-metrics.md", () => {
  const page = readFileSync(join(ROOT, "docs/host-metrics.md"), "utf8");
  const host = join(ROOT, "host");
  const scripts = ["facts.sh", ...readdirSync(join(host, "facts")).map((name) => `facts/${name}`)]
    .map((path) => readFileSync(join(host, path), "utf8"))
    .join("\n")
    .replace(/^ *#.*$/gm, "");

  it("has each metric that a host writes, and no other", () => {
    const table = page.split("\n").filter((line) => line.startsWith("| `flower_monitoring_"));
    const written = [...names(scripts), "flower_monitoring_bundle_info"].sort();
    expect(names(table.map((line) => line.split("|")[1]).join("\n"))).toEqual(written);
  });

  it("has each reason for drift", () => {
    const told = [...scripts.matchAll(/\bdiffers (?:"\$part"|\w+) ([a-z-]+) "\$/g)].map(
      ([, reason = ""]) => reason,
    );
    const table = page.split("## Drift")[1]?.match(/^\| `([a-z-]+)`/gm) ?? [];
    const listed = table.map((line) => line.replace(/[|` ]/g, ""));
    expect([...new Set(told)].sort()).toEqual(listed.sort());
    expect(listed.length).toBeGreaterThan(7);
  });
});
