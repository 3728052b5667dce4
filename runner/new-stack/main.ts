/** npm run new-stack: writes the file of a stack, and validates it before. */
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { parse } from "yaml";
import { diskIo } from "../../components/config";
import { ConfigError, parseStackConfig, type StackConfig } from "../../components/config/schema";
import { EXIT, type ExitCode, UsageError } from "../errors";
import { given, newStack, type Ask, type NewStack } from "./options";
import { nextSteps, stackFile } from "./render";

const HELP = `npm run new-stack -- [options]          (make new-stack ARGS="[options]")

Writes Pulumi.NAME.yaml, checked as an up would check it. On a terminal it asks for what no option says;
it never overwrites a file.

  -s, --stack NAME              the stack, such as production
      --federation NAME         label of every series and alert; default: the stack's name
      --monitoring URL          Docker of the monitoring VM: ssh://user@address, or unix:///var/run/docker.sock
      --superlink ADDRESS       the SuperLink's host
      --control-api HOST:PORT   its Control API, seen from that host; default 127.0.0.1:8000
      --ca-file PATH            the CA of its certificate, on that host; default /etc/flower/ca.crt
      --insecure                for a SuperLink that runs with --insecure
      --python PATH             the Python that runs Flower on all hosts; default /opt/flower/bin/python
      --supernode NAME=ADDRESS[@SITE]   once for each SuperNode
      --user NAME               login on all hosts; default root
      --gpu                     SuperNodes train on NVIDIA GPUs: they get the DCGM exporter
      --webhook URL | --slack | --email TO --from FROM --smarthost HOST:PORT   who is told of alerts
      --cwd DIR                 directory of Pulumi.yaml; default this repository
  -h, --help                    this text

Exit code: 0 written, 2 not.
`;

async function main(args: string[]): Promise<ExitCode> {
  const options = given(args);
  if (options.help) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  const terminal = process.stdin.isTTY
    ? createInterface({ input: process.stdin, output: process.stderr })
    : undefined;
  const ask: Ask = terminal && ((question) => terminal.question(question));
  try {
    const made = await newStack(options, ask);
    const directory = resolve(
      process.env["INIT_CWD"] ?? "",
      options.cwd ?? join(__dirname, "..", ".."),
    );
    const file = join(directory, `Pulumi.${made.stack}.yaml`);
    if (existsSync(file)) {
      throw new UsageError(
        `--stack: got "${made.stack}", whose file ${file} exists; allowed: a stack without a file; do: change that file, or choose another name`,
      );
    }
    const text = stackFile(made);
    const config = checked(text, directory);
    writeFileSync(file, text, { flag: "wx" });
    process.stdout.write(`${file} is written.\n\n${nextSteps(made, addressesOf(config, made))}`);
    return EXIT.ok;
  } finally {
    terminal?.close();
  }
}

/** The file as the program reads it; secrets are not set and host keys not pinned yet. */
function checked(text: string, projectDir: string): StackConfig {
  const { config } = parse(text) as { config: Record<string, unknown> };
  const raw = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("flower-monitoring:", ""), value]),
  );
  return parseStackConfig(raw, { ...diskIo(projectDir), unpinned: true });
}

/** Machines whose host keys have to be pinned. */
function addressesOf(config: StackConfig, made: NewStack): string[] {
  const vm =
    config.scope !== "fleet" && config.monitoring.docker.kind === "ssh"
      ? [config.monitoring.docker.host]
      : [];
  return [...vm, made.superlink, ...made.supernodes.map(({ address }) => address)];
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const known = error instanceof UsageError || error instanceof ConfigError;
    process.stderr.write(`${known ? error.message : (error as Error).stack}\n`);
    process.exitCode = EXIT.usage;
  },
);
