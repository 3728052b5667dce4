/**
 * Records the scrapes of node_exporter and of the DCGM stand-in again:
 * `npx tsx test/support/record-scrapes.ts`. Of node_exporter only the collectors that say nothing about
 * the machine it was recorded on, but for its size.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { nodeExporter } from "../../lab/toolchain/prometheus";
import { DCGM_SCRAPE, dcgmScrape } from "./dcgm-scrape";

const ADDRESS = "127.0.0.1:39100";
const COLLECTORS = ["cpu", "diskstats", "filesystem", "loadavg", "meminfo", "pressure", "time"];

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

async function main(): Promise<void> {
  writeFileSync(DCGM_SCRAPE, dcgmScrape());
  const { path } = await nodeExporter();
  const exporter = spawn(
    path,
    [
      `--web.listen-address=${ADDRESS}`,
      "--collector.disable-defaults",
      "--collector.filesystem.mount-points-include=^/$",
      ...COLLECTORS.map((name) => `--collector.${name}`),
    ],
    { stdio: "ignore" },
  );
  try {
    const text = await scrape(`http://${ADDRESS}/metrics`);
    const file = resolve(__dirname, "../fixtures/scrapes/node-exporter.txt");
    writeFileSync(file, text);
    process.stdout.write(`${file}: ${text.length} B\n`);
  } finally {
    exporter.kill();
  }
}

void main();
