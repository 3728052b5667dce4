import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually } from "../../../lab/observe";
import { getJson } from "../../../runner/status/ask";
import { run } from "../../../runner/run";
import { hostOf, scriptOnHost } from "../../../lab/hosts";
import { stateText, up, type World } from "../world";
import { projectOf } from "../../../lab/engine";
import { readFile } from "node:fs/promises";

interface FileSd {
  targets: string[];
  labels: Record<string, string>;
}

/** Port of the second Prometheus, on loopback. */
const OTHER_PORT = 19095;

export function outputs(world: () => World): void {
  test("the outputs are the contract: scrapeTargets, urls, hosts", async () => {
    const { outputs: got } = await up(world());
    const labels = { federation: "demo" };
    expect(got["scrapeTargets"]).toEqual({
      flower: [
        {
          targets: ["172.31.78.11:9101"],
          labels: { ...labels, host: "superlink", role: "superlink" },
        },
      ],
      node: [
        {
          targets: ["172.31.78.11:9100"],
          labels: { ...labels, host: "superlink", role: "superlink" },
        },
        ...[1, 2].map((n) => ({
          targets: [`172.31.78.2${n}:9100`],
          labels: { ...labels, host: `supernode-${n}`, role: "supernode", site: `hospital-${n}` },
        })),
      ],
    });
    expect(got["urls"]).toEqual({
      prometheus: "http://172.31.78.10:9090",
      alertmanager: "http://172.31.78.10:9093",
      grafana: "http://172.31.78.10:3000",
    });
    const hosts = got["hosts"] as Record<string, { role: string; status: string; bundle: string }>;
    expect(Object.keys(hosts).sort()).toEqual(["superlink", "supernode-1", "supernode-2"]);
    expect(hosts["superlink"]?.status).toMatch(
      /^ok host=superlink bundle=[0-9a-f]{12} changed=4 hook=changed; running Flower services follow/,
    );
    expect(hosts["superlink"]?.bundle).toMatch(/^[0-9a-f]{12,64}$/);
  });

  test("scrapeTargets is file_sd: another Prometheus scrapes from it", async () => {
    const { outputs: got } = await up(world());
    const dir = await mkdtemp(join(tmpdir(), "flower-monitoring-"));
    await mkdir(join(dir, "targets"));
    const jobs = got["scrapeTargets"] as Record<string, FileSd[]>;
    for (const [job, list] of Object.entries(jobs)) {
      await writeFile(join(dir, "targets", `${job}.json`), JSON.stringify(list));
    }
    const scrape = Object.keys(jobs).map((job) => ({
      job_name: job,
      file_sd_configs: [{ files: [join(dir, "targets", `${job}.json`)] }],
    }));
    await writeFile(
      join(dir, "prometheus.yml"),
      JSON.stringify({ global: { scrape_interval: "1s" }, scrape_configs: scrape }),
    );
    await run(world().tools.promtool.path, ["check", "config", join(dir, "prometheus.yml")]);
    const other = spawn(
      world().tools.prometheus.path,
      [
        `--config.file=${dir}/prometheus.yml`,
        `--storage.tsdb.path=${dir}/data`,
        `--web.listen-address=127.0.0.1:${OTHER_PORT}`,
      ],
      { stdio: "ignore" },
    );
    try {
      await eventually(
        "all four targets up",
        60,
        () => getJson(`http://127.0.0.1:${OTHER_PORT}/api/v1/query?query=sum(up)`),
        (answer) => JSON.stringify(answer).includes('"4"'),
      );
    } finally {
      other.kill("SIGKILL");
      await new Promise((resolve) => other.on("close", resolve));
      await rm(dir, { recursive: true });
    }
  });

  test("no secret is readable in state, log, stack file, container or process list", async () => {
    const { lab } = world();
    const project = projectOf(lab);
    const password = await readFile(project.grafanaPasswordFile, "utf8");
    const key = (await readFile(join(lab.dir, "ssh", "id_ed25519"), "utf8")).split("\n")[1] ?? "";
    expect(key.length).toBeGreaterThan(20);
    const monitor = hostOf(lab, "monitor");
    const places: Record<string, string> = {
      state: await stateText(world()),
      "stack file": await readFile(join(project.dir, "Pulumi.dev.yaml"), "utf8"),
      log: await readFile(join(lab.dir, "log", "engine.log"), "utf8"),
      inspect: await scriptOnHost(monitor, "docker inspect $(docker ps --all --quiet)\n"),
      "container logs": await scriptOnHost(
        monitor,
        "for c in $(docker ps --quiet); do docker logs $c 2>&1; done\n",
      ),
      journal: await scriptOnHost(monitor, "journalctl --no-pager 2>&1 || :\n"),
      processes: (await run("ps", ["-eo", "args"])).stdout,
    };
    const found = Object.entries(places).filter(
      ([, text]) => text.includes(password) || text.includes(key),
    );
    expect(found.map(([place]) => place)).toEqual([]);
    expect(Object.values(places).every((text) => text.length > 100)).toBe(true);
  });

  test("the password file in Grafana's volume is readable by Grafana alone", async () => {
    const stat = await scriptOnHost(
      hostOf(world().lab, "monitor"),
      "docker exec flower-monitoring-grafana stat -c '%a %u' /etc/flower-monitoring/secrets/admin-password\n",
    );
    expect(stat.trim()).toBe("600 472");
  });
}
