import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { versions } from "../../components/versions";
import { run } from "../../runner/run";
import { toolchain, type Toolchain } from "../../lab/toolchain";

const GO = join(__dirname, "../../lab/toolchain/go");

const modules = {
  pulumi: "github.com/pulumi/pulumi/pkg/v3",
  prometheus: "github.com/prometheus/prometheus",
  alertmanager: "github.com/prometheus/alertmanager",
  node_exporter: "github.com/prometheus/node_exporter",
  cadvisor: "github.com/google/cadvisor",
};

/** The version of a module that a committed go.mod pins. */
function pinned(directory: string, module: string): string | undefined {
  const text = readFileSync(join(GO, directory, "go.mod"), "utf8");
  const line = text.split("\n").find((each) => each.trim().startsWith(`${module} v`));
  return line?.trim().split(/\s+/)[1];
}

describe("the committed Go modules", () => {
  test("pin what components/versions.ts says", () => {
    expect(pinned("pulumi", modules.pulumi)).toBe(`v${versions.pulumi}`);
    expect(pinned("pulumi", "github.com/pulumi/pulumi/sdk/v3")).toBe(`v${versions.pulumi}`);
    expect(pinned("alertmanager", modules.alertmanager)).toBe(`v${versions.alertmanager}`);
    expect(pinned("node_exporter", modules.node_exporter)).toBe(`v${versions.nodeExporter}`);
    expect(pinned("cadvisor", modules.cadvisor)).toBe(`v${versions.cadvisor}`);
    expect(pinned("cadvisor", `${modules.cadvisor}/lib`)).toBe(`v${versions.cadvisor}`);
    // Upstream's tag v3.15.0 is the module v0.315.0.
    const [major, minor, patch] = versions.prometheus.split(".").map(Number);
    const asModule = `v0.${(major ?? 0) * 100 + (minor ?? 0)}.${patch}`;
    expect(pinned("prometheus", modules.prometheus)).toBe(asModule);
  });

  test("have a checksum for the source that they pin", () => {
    for (const [directory, module] of Object.entries(modules)) {
      const sums = readFileSync(join(GO, directory, "go.sum"), "utf8");
      expect(sums, directory).toContain(`${module} ${pinned(directory, module)} h1:`);
    }
  });
});

describe("the toolchain of this machine", () => {
  let tools: Toolchain;
  // Cold, with nothing but registries, this compiles for a quarter of an hour.
  beforeAll(async () => {
    tools = await toolchain();
  }, 2_400_000);

  test("tools say the version that they are listed with", async () => {
    for (const name of [
      "promtool",
      "amtool",
      "prometheus",
      "alertmanager",
      "nodeExporter",
    ] as const) {
      const { path, version } = tools[name];
      const { stdout, stderr } = await run(path, ["--version"]);
      expect(stdout + stderr, name).toContain(`version ${version} `);
    }
    const own = await run(tools.cadvisor.path, ["--version"]);
    expect(own.stdout).toContain(`version v${versions.cadvisor} `);
    const { stdout } = await run(tools.pulumi.path, ["version"], { env: tools.env });
    expect(stdout.trim()).toBe(`v${tools.pulumi.version}`);
  });

  test("what goes into images and onto hosts is static: it needs no library there", async () => {
    for (const name of ["prometheus", "alertmanager", "nodeExporter", "cadvisor"] as const) {
      await expect(run("ldd", [tools[name].path]), name).rejects.toThrow(
        "not a dynamic executable",
      );
    }
  });

  test("wheels are there for both uses, and only wheels", () => {
    const exporter = readdirSync(join(tools.wheels.path, "prometheus-client"));
    expect(exporter).toEqual([`prometheus_client-${versions.prometheusClient}-py3-none-any.whl`]);
    const flower = readdirSync(join(tools.wheels.path, "flower"));
    expect(flower.some((file) => file.startsWith(`flwr-${versions.flower}-`))).toBe(true);
    expect(flower.every((file) => file.endsWith(".whl"))).toBe(true);
  });

  test("the engine finds the chosen plugins first on its PATH", async () => {
    for (const [name, plugin] of Object.entries(tools.plugins)) {
      if (plugin.kind === "official") continue;
      const found = await run("sh", ["-c", `command -v pulumi-resource-${name}`], {
        env: tools.env,
      });
      expect(readFileSync(found.stdout.trim(), "utf8")).toContain(plugin.path);
      expect(tools.env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]).toBe("1");
    }
  });
});
