/** Commands on a stack: npm run up -- --stack NAME. */
import { join } from "node:path";
import { ConfigError } from "../components/config/schema";
import { HELP, type Options, parseCommand } from "./args";
import { doctor } from "./doctor";
import { EXIT, type ExitCode, UsageError } from "./errors";
import { exportCommand } from "./export";
import { operation } from "./operation";
import { status } from "./status";

const REPO = join(__dirname, "..");

async function dispatch(options: Options): Promise<ExitCode> {
  switch (options.command) {
    case "doctor":
      return doctor(options);
    case "status":
      return status(options);
    case "export":
      return exportCommand(options);
    case "up":
    case "preview":
    case "refresh":
    case "destroy":
      return operation(options.command, options);
  }
}

async function main(args: string[]): Promise<ExitCode> {
  try {
    const parsed = parseCommand(args, REPO, process.env);
    if ("help" in parsed) {
      process.stdout.write(HELP[parsed.help ?? "all"]);
      return EXIT.ok;
    }
    return await dispatch(parsed);
  } catch (error) {
    // What the user can mend needs no stack trace; anything else is a fault of this program's.
    const known = error instanceof UsageError || error instanceof ConfigError;
    process.stderr.write(`${known ? error.message : (error as Error).stack}\n`);
    return EXIT.usage;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
