/** Writes the comment of a pull request: npm run comment -- --stack NAME --base DIR --head DIR. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { EXIT, type ExitCode, UsageError } from "../runner/errors";
import { comment } from "./comment";
import { readFolder } from "./folder";
import { picturesIn, type PictureFolder } from "./pictures";
import { planOf } from "./plan";
import { redactFolder, redactor } from "./secrets";

const HELP = `npm run comment -- --stack NAME --base DIR --head DIR [options]

One Markdown comment that says what a change does to a stack: rules, routes, targets, dashboards, hosts,
containers, from two exports (docs/export.md), and what Pulumi would create, update, replace and delete.

  -s, --stack NAME         the stack
      --base DIR           the export before; may be missing: then all is new
      --head DIR           the export after; may be missing with --failed
      --preview FILE       what npm run preview -- --json, or pulumi preview --json, printed
      --failed FILE        why the export or the preview failed: what they said to standard error
      --secrets FILE       what pulumi config --json --show-secrets printed: no value of it gets through
      --pictures DIR       pictures of dashboards, a PNG each, named by its slug
      --pictures-url URL   where readers find that directory
      --from REF --to REF  what was compared, such as two commits
      --out FILE           default standard output
  -h, --help               this text

Exit code: 0 written, 2 not (options, a file of another form).
`;

const OPTIONS = {
  stack: { type: "string", short: "s" },
  base: { type: "string" },
  head: { type: "string" },
  preview: { type: "string" },
  failed: { type: "string" },
  secrets: { type: "string" },
  pictures: { type: "string" },
  "pictures-url": { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  out: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

type Given = ReturnType<typeof parsed>;

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    const words = (error as Error).message.split(". ")[0] ?? "";
    throw new UsageError(
      `options: got ${words}; allowed: see --help; do: npm run comment -- --help`,
    );
  }
}

/** The comment's text, or the help. */
export function written(args: string[], cwd: string): { text: string; out?: string } {
  const given = parsed(args);
  if (given.help) return { text: HELP };
  const at = (path: string): string => resolve(cwd, path);
  const redact = redactor(read(given.secrets, "secrets", at));
  const failed = read(given.failed, "failed", at)?.trim();
  const folder = (name: "base" | "head") =>
    redactFolder(readFolder(at(needed(given, name))), redact);
  const [base, head] = [folder("base"), folder("head")];
  if (head.size === 0 && failed === undefined) {
    throw new UsageError(
      `--head: got ${needed(given, "head")}, which has no export; allowed: a directory that npm run export wrote; do: export the stack first, or give --failed`,
    );
  }
  const preview = read(given.preview, "preview", at);
  const { from, to } = given;
  const text = comment({
    stack: needed(given, "stack"),
    ...{ base, head, redact },
    ...(preview === undefined ? {} : { plan: planOf(redact(preview)) }),
    ...(failed === undefined ? {} : { failed: redact(failed) }),
    ...(from === undefined || to === undefined ? {} : { between: [from, to] as [string, string] }),
    ...(given.pictures === undefined
      ? {}
      : { picture: picturesIn(folderOf(given, at(given.pictures))) }),
  });
  return { text, ...(given.out === undefined ? {} : { out: at(given.out) }) };
}

function needed(given: Given, name: "stack" | "base" | "head"): string {
  const value = given[name];
  if (value !== undefined && value !== "") return value;
  throw new UsageError(
    `--${name}: got nothing; allowed: ${name === "stack" ? "the name of a stack" : "a directory"}; do: npm run comment -- --help`,
  );
}

/** An empty file is none: a command that failed at once has written nothing. */
function read(
  path: string | undefined,
  option: string,
  at: (path: string) => string,
): string | undefined {
  if (path === undefined) return undefined;
  try {
    const text = readFileSync(at(path), "utf8");
    return text.trim() === "" ? undefined : text;
  } catch {
    throw new UsageError(
      `--${option}: got ${path}, which cannot be read; allowed: a file; do: check the path`,
    );
  }
}

function folderOf({ "pictures-url": url }: Given, directory: string): PictureFolder {
  return { directory, ...(url === undefined ? {} : { url }) };
}

function main(args: string[]): ExitCode {
  try {
    const { text, out } = written(args, process.env["INIT_CWD"] ?? process.cwd());
    if (out === undefined) process.stdout.write(text);
    else writeFileSync(out, text);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
