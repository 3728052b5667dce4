/** Prometheus' and Alertmanager's own tools take an export as it is, and it is made without an engine. */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alertmanagerTools, prometheusTools } from "../../lab/toolchain/prometheus";
import { run } from "../../runner/run";
import { prometheus, StandIn } from "../unit/grafana-stand-in.kit";
import { readMarkdown } from "../support/markdown";
import { exampleValues, ExportProject, withAllReceivers } from "../support/export-project";

const REPO = resolve(__dirname, "../..");

let project: ExportProject;
let promtool: string;
let amtool: string;

beforeAll(async () => {
  promtool = (await prometheusTools()).promtool.path;
  amtool = (await alertmanagerTools()).amtool.path;
  project = new ExportProject();
  project.stack("one", exampleValues()).stack("all", withAllReceivers());
});
afterAll(() => project.remove());

/** `npm run export` on a machine that has Node and nothing else: no pulumi, no passphrase. */
async function exported(stack: string): Promise<string> {
  const out = join(project.directory, "out", stack);
  mkdirSync(dirname(out), { recursive: true });
  const words = ["--stack", stack, "--cwd", project.directory, "--out", out];
  await run(process.execPath, ["--import", "tsx", "runner/main.ts", "export", ...words], {
    cwd: REPO,
    env: { PATH: "/nowhere", PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_BACKEND_URL: undefined },
  });
  return out;
}

describe.each(["one", "all"])("the export of the stack %s", (stack) => {
  let out: string;
  beforeAll(async () => {
    out = await exported(stack);
  });

  it("is a configuration for promtool, with its rules and targets", async () => {
    const { stdout, stderr } = await run(promtool, ["check", "config", "prometheus.yml"], {
      cwd: out,
    });
    expect(stdout).toContain("SUCCESS: 3 rule files found");
    // A target file that is not there is only a warning of it.
    expect(stdout + stderr).not.toMatch(/warning/i);
    const rules = ["always", "flower-monitoring", "recording"].map((name) => `rules/${name}.yml`);
    await run(promtool, ["check", "rules", "--lint=all", "--lint-fatal", ...rules], { cwd: out });
  });

  it("is a configuration for amtool, with its templates", async () => {
    const { stdout } = await run(amtool, ["check-config", "alertmanager.yml"], { cwd: out });
    expect(stdout).toContain("SUCCESS");
    expect(stdout).toContain("1 templates");
  });

  it("has dashboards that Grafana takes, by the loop of docs/export.md", async () => {
    const page = readMarkdown(readFileSync(join(REPO, "docs/export.md"), "utf8"));
    const loop = page.fences.map(({ text }) => text).find((text) => text.startsWith("for file in"));
    const grafana = await StandIn.start();
    try {
      await grafana.ask("POST", "/api/datasources", prometheus);
      const account = await grafana.ask("POST", "/api/serviceaccounts", {
        name: "us",
        role: "Admin",
      });
      const tokens = `/api/serviceaccounts/${String(account.body["id"])}/tokens`;
      const token = (await grafana.ask("POST", tokens, { name: "us" })).body["key"] as string;
      await run("sh", ["-eu"], {
        cwd: out,
        input: loop ?? "exit 9",
        env: { TOKEN: token, GRAFANA: grafana.url },
      });
      expect(grafana.store.state.dashboards.length).toBe(
        readdirSync(join(out, "dashboards")).length,
      );
    } finally {
      grafana.stop();
    }
  });

  it("has no secret in any file, nor its ciphertext", async () => {
    const found = await run("grep", ["-rl", "canary", "."], { cwd: out }).catch(
      (error: { code: number }) => error.code,
    );
    expect(found).toBe(1);
  });
});
