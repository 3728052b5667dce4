/** All comments of a pull request: both versions exported, the engine asked where it may be, a file each. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { EXIT, type ExitCode, UsageError } from "../runner/errors";
import { note, step } from "../runner/progress";
import { checkedOut, type Checkout, stacksOf } from "./checkout";
import { comment } from "./comment";
import { asked, isConfigured } from "./engine";
import { readFolder } from "./folder";
import { redactFolder } from "./secrets";

const HELP = `npm run pull-request -- --base REF --out DIR [--stack NAME]...

For each stack: exports it as it was at REF and as it is here, asks Pulumi what it would do where a backend is
configured ($PULUMI_BACKEND_URL or $PULUMI_ACCESS_TOKEN), and writes DIR/NAME/comment.md beside both exports.

      --base REF    a commit; in a merge of a pull request: HEAD^1
      --out DIR     made anew
  -s, --stack NAME  may be repeated, or several names with spaces; default every Pulumi.NAME.yaml that is no example
  -h, --help        this text

Exit code: 0 every stack can be rendered, and previewed where it was asked; 1 one cannot; 2 not begun.
`;

const REPO = join(__dirname, "..");

interface Options {
  base: string;
  out: string;
  stacks: string[];
}

/** @throws UsageError with one line */
export function optionsOf(args: string[], cwd: string): Options | undefined {
  const { values } = parsed(args);
  if (values.help) return undefined;
  const { base = "", out = "" } = values;
  for (const [name, value] of Object.entries({ base, out })) {
    if (value !== "" && !value.startsWith("-")) continue;
    throw new UsageError(
      `--${name}: got "${value}"; allowed: ${name === "base" ? "a commit" : "a directory"}; do: npm run pull-request -- --help`,
    );
  }
  const stacks = (values.stack ?? []).flatMap((names) => names.split(/[\s,]+/)).filter(Boolean);
  const wrong = stacks.find((name) => !/^\w[\w./-]*$/.test(name));
  if (wrong !== undefined) {
    throw new UsageError(`--stack: got "${wrong}"; allowed: names of stacks; do: correct it`);
  }
  return { base, out: resolve(cwd, out), stacks };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        base: { type: "string" },
        out: { type: "string" },
        stack: { type: "string", short: "s", multiple: true },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    const words = (error as Error).message.split(". ")[0] ?? "";
    throw new UsageError(
      `options: got ${words}; allowed: --base, --out, --stack; do: npm run pull-request -- --help`,
    );
  }
}

/** @param repo the checkout of the change, with this program */
export async function pullRequest({ base, out, stacks }: Options, repo = REPO): Promise<ExitCode> {
  const names = stacks.length > 0 ? stacks : stacksOf(repo);
  const old = await checkedOut(base, repo);
  try {
    let ok = true;
    for (const stack of names) ok = (await commentOn(stack, old, repo, out)) && ok;
    return ok ? EXIT.ok : EXIT.fault;
  } finally {
    await old.remove();
  }
}

async function commentOn(
  stack: string,
  old: Checkout,
  repo: string,
  out: string,
): Promise<boolean> {
  const own = join(out, stack.replaceAll("/", "-"));
  mkdirSync(own, { recursive: true });
  const [base, head] = await step(`export of ${stack}, before and after`, () =>
    Promise.all([
      old.exported(stack, join(own, "base")),
      old.exportedHere(stack, join(own, "head")),
    ]),
  );
  if (base !== undefined) note(`${stack} before: ${base}`);
  const said =
    head === undefined && isConfigured()
      ? await step(`preview of ${stack}`, () => asked(stack, repo))
      : undefined;
  const redact = said?.redact ?? ((text: string) => text);
  const failed = head ?? said?.failed;
  const text = comment({
    stack,
    base: redactFolder(readFolder(join(own, "base")), redact),
    head: redactFolder(readFolder(join(own, "head")), redact),
    ...(base === undefined ? {} : { baseFailed: redact(base) }),
    ...(said?.plan === undefined ? {} : { plan: said.plan }),
    ...(failed === undefined ? {} : { failed: redact(failed) }),
    between: [old.commit, old.here],
    redact,
  });
  writeFileSync(join(own, "comment.md"), text);
  return failed === undefined && said?.plan?.ok !== false;
}

async function main(args: string[]): Promise<ExitCode> {
  try {
    const options = optionsOf(args, process.env["INIT_CWD"] ?? process.cwd());
    if (options !== undefined) return await pullRequest(options);
    process.stdout.write(HELP);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
}

if (require.main === module) {
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
