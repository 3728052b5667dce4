/** The command line: commands, their options, and their help. Pure. */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "./errors";

export const COMMANDS = [
  "doctor",
  "preview",
  "up",
  "status",
  "refresh",
  "destroy",
  "export",
] as const;
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
  /** up: looks at all hosts before, and leaves out those that it could not succeed on. */
  preflight: boolean;
  /** destroy: somebody means it. */
  yes: boolean;
  /** export: where to; absolute. */
  out: string;
}

export type Parsed = { help: Command | undefined } | Options;

const KNOWN = {
  stack: { type: "string", short: "s" },
  cwd: { type: "string" },
  json: { type: "boolean", default: false },
  parallel: { type: "string" },
  keys: { type: "boolean", default: false },
  "no-preflight": { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  out: { type: "string" },
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
  refuseOthers(command, values);
  // npm goes to the package's directory and says where it was called.
  const here = env["INIT_CWD"] ?? "";
  return {
    ...{ command, stack, json: values.json, keys: values.keys },
    ...{ preflight: !values["no-preflight"], yes: values.yes },
    out: resolve(here, values.out ?? join("export", stack.replaceAll("/", "-"))),
    projectDir: resolve(here, values.cwd ?? env["FLOWER_MONITORING_PROJECT_DIR"] ?? repo),
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

/** Options that one command alone has. */
const OWN: Record<string, Command> = {
  keys: "doctor",
  "no-preflight": "up",
  yes: "destroy",
  out: "export",
};

function refuseOthers(command: Command, values: Record<string, unknown>): void {
  const wrong = Object.entries(OWN).find(
    ([option, owner]) => (values[option] ?? false) !== false && owner !== command,
  );
  if (wrong === undefined) return;
  const [option, owner] = wrong;
  throw new UsageError(
    `--${option}: got it with ${command}; allowed: with ${owner} alone; do: leave it out`,
  );
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
      --parallel N   at once, 1 to 256: machines that are looked at, and what the engine does; default 16
  -h, --help         this text`;

const CODES = `Exit code: 0 done and nothing stands (warnings may), 1 a fault stands, 2 not begun (options, config, no such
stack).`;

export const HELP: Record<Command | "all", string> = {
  all: `Commands on a stack, as npm run COMMAND -- --stack NAME:

  doctor    looks at every host before any change: what an up would meet, and what to do about it
  preview   shows what an up would change
  up        looks at all hosts at once, leaves out the dead, and brings the rest to what the stack says
  status    healthy or not, and why: from Prometheus, Alertmanager, Grafana and the hosts
  refresh   reads back what is really there, as far as Pulumi's providers can
  destroy   takes everything away again
  export    writes all that is rendered for the stack as files, from its file alone

npm run COMMAND -- --help has the options. The plain pulumi works on the same stack.
`,
  doctor: `npm run doctor -- --stack NAME [options]

Looks at the monitoring VM, every host of the federation and their bastions, and changes none of them:
SSH, host key, login, sudo, architecture, system, disk, clock, ports, Docker, GPU driver and toolkit,
Flower, images and downloads, the SuperLink's API, and who reaches whom.

${COMMON}
      --keys         shows the host keys that are pinned already, too

${CODES}
`,
  preview: `npm run preview -- --stack NAME [options]

Shows what an up would change, as pulumi preview --diff does. No host is contacted.

${COMMON}

${CODES}
`,
  up: `npm run up -- --stack NAME [options]

Looks at all hosts at once. Those on which an install could not succeed (away, key refused, disk full, ...)
are left out and named: they stay in the stack as they are, and the next up takes them in again. The rest
is brought to what the stack says; one that fails, fails alone. Nothing is asked: look at a preview before.

${COMMON}
      --no-preflight leaves the look out; hosts that are away then fail by themselves, each after its patience

${CODES} A host that was left out is a fault.
`,
  status: `npm run status -- --stack NAME [options]

One page: healthy or not, and why. Targets, bundles, drift, SuperNodes, rules and alerts, as Prometheus and
Alertmanager have them; hosts whose targets are down are asked by ssh for the reason.

${COMMON}

Exit code: 0 healthy (warnings may be), 1 not healthy, 2 not begun (options, config, no such stack).
`,
  refresh: `npm run refresh -- --stack NAME [options]

Reads back into the stack's state what is really there, as far as Pulumi's providers can: containers,
volumes, dashboards. Of hosts they can read nothing: npm run status tells what has drifted there.

${COMMON}

${CODES}
`,
  destroy: `npm run destroy -- --stack NAME [options]

Takes everything away: exporters and hook from the hosts, containers and configuration from the VM. With
retainData: true, the default, the volumes with data stay, and it says how to be done with them. A host that is
away fails alone and stays in the state; one that is gone for good gets lost: true, and an up, before.

${COMMON}
      --yes          does not ask; without it the stack's name has to be typed

${CODES}
`,
  export: `npm run export -- --stack NAME [--out DIR] [options]

Writes everything that is rendered for the stack into a folder: dashboards, rules, prometheus.yml, targets,
alertmanager.yml, containers, and each host's units and settings. It reads the stack's file alone, without
engine, passphrase or secret, and asks no host; docs/export.md has what is in it.

${COMMON}
      --out DIR      replaced as a whole where it is an export; default export/NAME

${CODES}
`,
};
