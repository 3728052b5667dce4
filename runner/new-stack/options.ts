/** What a new stack is made of, from options and, on a terminal, answers. */
import { parseArgs } from "node:util";
import { UsageError } from "../errors";

/** What is known of a new stack. */
export interface NewStack {
  stack: string;
  federation: string;
  /** `ssh://user@address` or `unix:///path`. */
  monitoring: string;
  superlink: string;
  controlApi: string;
  /** Path on the SuperLink's host. @default its API has no TLS */
  caFile?: string;
  python: string;
  supernodes: { name: string; address: string; site?: string }[];
  user: string;
  gpu: boolean;
  receiver: Receiver;
}

export type Receiver =
  | { kind: "webhook"; url: string }
  | { kind: "slack" }
  | { kind: "email"; to: string; from: string; smarthost: string };

const KNOWN = {
  stack: { type: "string", short: "s" },
  federation: { type: "string" },
  monitoring: { type: "string" },
  superlink: { type: "string" },
  "control-api": { type: "string", default: "127.0.0.1:8000" },
  "ca-file": { type: "string" },
  insecure: { type: "boolean", default: false },
  python: { type: "string", default: "/opt/flower/bin/python" },
  supernode: { type: "string", multiple: true },
  user: { type: "string", default: "root" },
  gpu: { type: "boolean", default: false },
  webhook: { type: "string" },
  slack: { type: "boolean", default: false },
  email: { type: "string" },
  from: { type: "string" },
  smarthost: { type: "string" },
  cwd: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Asks for what no option says; undefined where nobody can answer. */
export type Ask = ((question: string) => Promise<string>) | undefined;

export type Given = ReturnType<typeof parsed>["values"];

/** @throws UsageError with one line */
export function given(args: string[]): Given {
  return parsed(args).values;
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: KNOWN });
  } catch (error) {
    const [words = ""] = (error as Error).message.split(". ");
    throw new UsageError(
      `options: got ${words}; allowed: ${Object.keys(KNOWN)
        .map((name) => `--${name}`)
        .join(", ")}; do: npm run new-stack -- --help`,
    );
  }
}

/** @throws UsageError with one line, where nobody can be asked for what is missing */
export async function newStack(options: Given, ask: Ask): Promise<NewStack> {
  const need = async (name: string, value: string | undefined, what: string): Promise<string> => {
    const answer = value ?? (await ask?.(`${what}: `))?.trim();
    if (answer !== undefined && answer !== "") return answer;
    throw new UsageError(
      `--${name}: got nothing; allowed: ${what}; do: npm run new-stack -- --help`,
    );
  };
  const stack = await need("stack", options.stack, "the stack's name, such as production");
  const monitoring = await need(
    "monitoring",
    options.monitoring,
    "the monitoring VM's Docker, ssh://user@address or unix:///var/run/docker.sock",
  );
  const superlink = await need("superlink", options.superlink, "the SuperLink's address");
  const nodes = options.supernode ?? [
    ...(
      await need("supernode", undefined, "SuperNodes, NAME=ADDRESS[@SITE], blanks between")
    ).split(/\s+/),
  ];
  const { "ca-file": caFile } = options;
  if (caFile !== undefined && options.insecure) {
    throw new UsageError(
      "--insecure: got it with --ca-file; allowed: one of them; do: leave one out",
    );
  }
  const tls = caFile ?? (options.insecure ? undefined : "/etc/flower/ca.crt");
  return {
    ...{ stack, monitoring, superlink, python: options.python, user: options.user },
    federation: options.federation ?? stack,
    controlApi: options["control-api"],
    ...(tls === undefined ? {} : { caFile: tls }),
    supernodes: nodes.map(supernode),
    gpu: options.gpu,
    receiver: await receiver(options, need),
  };
}

function supernode(text: string): NewStack["supernodes"][number] {
  const [, name, address, site] = /^([^=]+)=([^@]+)(?:@(.+))?$/.exec(text) ?? [];
  if (name === undefined || address === undefined) {
    throw new UsageError(
      `--supernode: got "${text}"; allowed: NAME=ADDRESS or NAME=ADDRESS@SITE; do: write supernode-1=10.0.0.21@hospital-1`,
    );
  }
  return { name, address, ...(site === undefined ? {} : { site }) };
}

async function receiver(
  options: Given,
  need: (name: string, value: string | undefined, what: string) => Promise<string>,
): Promise<Receiver> {
  const { webhook, slack, email } = options;
  const chosen = [webhook !== undefined, slack, email !== undefined].filter(Boolean).length;
  if (chosen > 1) {
    throw new UsageError(
      "--webhook, --slack, --email: got more than one; allowed: one; do: add the others to the file",
    );
  }
  if (slack) return { kind: "slack" };
  if (email !== undefined) {
    const from = await need("from", options.from, "the sender's mail address");
    const smarthost = await need("smarthost", options.smarthost, "host:port of the mail server");
    return { kind: "email", to: email, from, smarthost };
  }
  return {
    kind: "webhook",
    url: await need("webhook", webhook, "a URL that alerts are posted to (or --slack, or --email)"),
  };
}
