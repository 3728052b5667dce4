/** The report by itself, for who needs nothing else of the lab: node --import tsx lab/report/main.ts. */
import { report } from ".";

report(process.argv.slice(2)).then(
  (ok) => {
    process.exitCode = ok ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
