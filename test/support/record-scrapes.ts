/**
 * Records scrapes again: see test/fixtures/scrapes/README.md. Only what says nothing about the machine
 * it was recorded on, but for its size.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { nodeExporterFlags } from "../../components/render/host-units";
import { nodeExporter } from "../../lab/toolchain/prometheus";
import { DCGM_SCRAPE, dcgmScrape } from "./dcgm-scrape";
import { stackScrapes } from "./record-stack";

const ADDRESS = "127.0.0.1:39100";

/** Labels by which one machine is told from all others; their values are not kept. */
const IDENTITY = /\b(machine_id|system_uuid|boot_id|nodename|release|address)="[^"]*"/g;

/** Disks and network devices that only the recording machine has. */
const OWN = /\b(mountpoint="(?!\/")|device="ifb)/;

async function scrape(url: string): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      return await (await fetch(url)).text();
    } catch {
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  throw new Error(`${url} does not answer; is the port taken?`);
}

function save(name: string, text: string): void {
  const file = resolve(__dirname, `../fixtures/scrapes/${name}.txt`);
  writeFileSync(file, text);
  process.stdout.write(`${file}: ${text.length} B\n`);
}

/** node_exporter, run here with the collectors of the hosts' unit, and without facts of a host. */
async function recordNodeExporter(): Promise<void> {
  const { path } = await nodeExporter();
  const textfiles = mkdtempSync(join(tmpdir(), "flower-monitoring-scrape-"));
  const exporter = spawn(
    path,
    [
      `--web.listen-address=${ADDRESS}`,
      `--collector.textfile.directory=${textfiles}`,
      ...nodeExporterFlags,
    ],
    { stdio: "ignore" },
  );
  try {
    const text = await scrape(`http://${ADDRESS}/metrics`);
    const lines = text.split("\n").filter((line) => !OWN.test(line));
    save("node-exporter", lines.join("\n").replace(IDENTITY, '$1=""'));
  } finally {
    exporter.kill();
    rmSync(textfiles, { recursive: true });
  }
}

/** cAdvisor of a host that has it: what it serves about one container, and about itself. */
async function recordCadvisor(url: string, container: string): Promise<void> {
  const text = await scrape(url);
  if (!text.includes(`name="${container}"`)) throw new Error(`${url} has no ${container}`);
  const others = /^container_\w+\{.*\bid="/;
  const lines = text
    .split("\n")
    .filter((line) => !others.test(line) || line.includes(`name="${container}"`));
  save("cadvisor", lines.join("\n").replace(IDENTITY, '$1=""'));
}

/** Prometheus and Alertmanager, run here with the configuration that the program pushes. */
async function recordStack(): Promise<void> {
  const { prometheus, alertmanager } = await stackScrapes();
  save("prometheus", prometheus);
  save("alertmanager", alertmanager);
}

const [exporter, url, container] = process.argv.slice(2);
if (exporter === undefined) {
  writeFileSync(DCGM_SCRAPE, dcgmScrape());
  void recordNodeExporter();
} else if (exporter === "cadvisor" && url !== undefined && container !== undefined) {
  void recordCadvisor(url, container);
} else if (exporter === "stack") void recordStack();
else throw new Error("usage: record-scrapes.ts [stack | cadvisor URL CONTAINER]");
