/**
 * The page of `make report`, filled with recorded scrapes: dashboards can be looked at without a lab.
 *   npx tsx test/support/replay-report.ts [FILE] [SECONDS]
 */
import { setTimeout } from "node:timers/promises";
import { report } from "../../lab/report";
import { startReplay } from "./replay";

async function main([file = "dashboards.html", seconds = "120"]: string[]): Promise<boolean> {
  const replay = await startReplay();
  try {
    await setTimeout(1000 * Number(seconds));
    const minutes = String(Number(seconds) / 60);
    return await report(["--prometheus", replay.url, "--minutes", minutes, "--out", file]);
  } finally {
    await replay.stop();
  }
}

main(process.argv.slice(2)).then(
  (ok) => {
    process.exitCode = ok ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
