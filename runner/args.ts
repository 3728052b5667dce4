/** The command line: commands, their options, and their help. Pure. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "./errors";

export const COMMANDS = ["doctor"] as const;
export type Command = (typeof COMMANDS)[number];

/** What was asked for. */
export interface Options {
  command: Command;
  stack: string;
  /** Absolute. */
  projectDir: string;
  json: boolean;
  /** Machines at once. */
  parallel: number;
  /** doctor: host keys that are pinned already, too. */
  keys: boolean;
}

export type Parsed = { help: Command | undefined } | Options;

const KNOWN = {
  stack: { type: "string", short: "s" },
  cwd: { type: "string" },
  json: { type: "boolean", default: false },
  parallel: { type: "string" },
  keys: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const PARALLEL = { least: 1, most: 256, fallback: 16 } as const;

/**
 * @param repo where Pulumi.yaml is unless something else is said
 * @throws UsageError with one line
 */
export function parseCommand(args: string[], repo: string, env: NodeJS.ProcessEnv): Parsed {
  const { values, positionals } = parsed(args);
  const [first, ...more] = positionals;
  const command = COMMANDS.find((name) => name === first);
  if (first !== undefined && first !== "help" && command === undefined) {
    throw new UsageError(
      `command: got "${first}"; allowed: ${COMMANDS.join(", ")}; do: npm run doctor -- --help`,
    );
  }
  if (values.help || command === undefined) return { help: command };
  if (more.length > 0) {
    throw new UsageError(
      `${command}: got "${more.join(" ")}" beside the options; allowed: options alone; do: npm run ${command} -- --help`,
    );
  }
  const stack = values.stack ?? env["PULUMI_STACK"];
  if (stack === undefined || stack === "") {
    throw new UsageError(
      `--stack: got nothing; allowed: the name of a stack; do: npm run ${command} -- --stack dev`,
    );
  }
  return {
    ...{ command, stack, json: values.json, keys: values.keys },
    projectDir: resolve(values.cwd ?? env["FLOWER_MONITORING_PROJECT_DIR"] ?? repo),
    parallel: parallelOf(values.parallel),
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: KNOWN, allowPositionals: true });
  } catch (error) {
    // As in: Unknown option '--stak'. To specify ...
    const words = (error as Error).message.split(". ")[0] ?? "";
    throw new UsageError(
      `options: got ${words}; allowed: ${Object.keys(KNOWN)
        .map((name) => `--${name}`)
        .join(", ")}; do: npm run doctor -- --help`,
    );
  }
}

function parallelOf(text: string | undefined): number {
  if (text === undefined) return PARALLEL.fallback;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= PARALLEL.least && number <= PARALLEL.most) return number;
  throw new UsageError(
    `--parallel: got "${text}"; allowed: ${PARALLEL.least} to ${PARALLEL.most}; do: leave it out for ${PARALLEL.fallback}`,
  );
}

const COMMON = `  -s, --stack NAME   the stack; default $PULUMI_STACK
      --cwd DIR      directory of Pulumi.yaml and the stack's file; default $FLOWER_MONITORING_PROJECT_DIR,
                     else this repository
      --json         one JSON object on standard output; progress goes to standard error
  -h, --help         this text`;

export const HELP: Record<Command | "all", string> = {
  all: `Commands on a stack, as npm run COMMAND -- --stack NAME:

  doctor    looks at every host before any change: what an up would meet, and what to do about it

npm run COMMAND -- --help has the options.
`,
  doctor: `npm run doctor -- --stack NAME [options]

Looks at the monitoring VM, every host of the federation and their bastions, and changes none of them:
SSH, host key, login, sudo, architecture, system, disk, clock, ports, Docker, GPU driver and toolkit,
Flower, images and downloads, the SuperLink's API, and who reaches whom.

${COMMON}
      --parallel N   machines at once, 1 to 256; default 16
      --keys         shows the host keys that are pinned already, too

Exit code: 0 no fault (warnings may be), 1 a fault stands, 2 not begun (options, config, no such stack).
`,
};
