/** All comments of a pull request: both versions exported, the engine asked where it may be, a file each. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { EXIT, type ExitCode, UsageError } from "../runner/errors";
import { note, step } from "../runner/progress";
import { checkedOut, type Checkout, stacksOf } from "./checkout";
import { comment } from "./comment";
import { changedDashboards } from "./dashboards";
import { asked, isConfigured } from "./engine";
import { readFolder, type Folder } from "./folder";
import { drawn, picturesIn } from "./pictures";
import { HELP, optionsOf, type Options } from "./pull-request-options";
import { redactFolder } from "./secrets";

const REPO = join(__dirname, "..");

/** A stack, exported twice. */
interface Change {
  stack: string;
  /** Has the exports in `base` and `head`. */
  directory: string;
  base: Folder;
  head: Folder;
  /** Why there is no export of the base, or of the head. */
  baseFailed?: string;
  failed?: string;
}

/** @param repo the checkout of the change, with this program */
export async function pullRequest(options: Options, repo = REPO): Promise<ExitCode> {
  const names = options.stacks.length > 0 ? options.stacks : stacksOf(repo);
  const old = await checkedOut(options.base, repo);
  try {
    const changes: Change[] = [];
    for (const stack of names) changes.push(await exported(stack, old, options.out));
    const noPictures = await draw(changes.filter(hasOtherDashboards), options, repo);
    let ok = true;
    for (const change of changes) {
      ok = (await commentOn(change, old, repo, options, noPictures)) && ok;
    }
    return ok ? EXIT.ok : EXIT.fault;
  } finally {
    await old.remove();
  }
}

async function exported(stack: string, old: Checkout, out: string): Promise<Change> {
  const directory = join(out, stack.replaceAll("/", "-"));
  mkdirSync(directory, { recursive: true });
  // Those of an earlier run are of another change.
  rmSync(join(directory, "pictures"), { recursive: true, force: true });
  const [base, head] = [join(directory, "base"), join(directory, "head")];
  const [baseFailed, failed] = await step(`export of ${stack}, before and after`, () =>
    Promise.all([old.exported(stack, base), old.exportedHere(stack, head)]),
  );
  if (baseFailed !== undefined) note(`${stack} before: ${baseFailed}`);
  return {
    ...{ stack, directory, base: readFolder(base), head: readFolder(head) },
    ...(baseFailed === undefined ? {} : { baseFailed }),
    ...(failed === undefined ? {} : { failed }),
  };
}

/** Of a stack that is new there is nothing to compare with, and its dashboards are those of the others. */
function hasOtherDashboards({ base, head }: Change): boolean {
  return base.size > 0 && head.size > 0 && changedDashboards(base, head).length > 0;
}

/** @returns why there are no pictures; no pull request fails for want of them */
async function draw(
  changes: Change[],
  { installBrowser }: Options,
  repo: string,
): Promise<string | undefined> {
  if (changes.length === 0) return undefined;
  const directories = changes.map(({ directory }) => directory);
  const why = await step("pictures of dashboards that change", () =>
    drawn(directories, repo, installBrowser),
  );
  if (why !== undefined) note(`no pictures: ${why}`);
  return why;
}

async function commentOn(
  change: Change,
  old: Checkout,
  repo: string,
  options: Options,
  noPictures: string | undefined,
): Promise<boolean> {
  const { stack, directory, base, head, baseFailed } = change;
  const said =
    change.failed === undefined && isConfigured()
      ? await step(`preview of ${stack}`, () => asked(stack, repo))
      : undefined;
  const redact = said?.redact ?? ((text: string) => text);
  const failed = change.failed ?? said?.failed;
  const text = comment({
    stack,
    base: redactFolder(base, redact),
    head: redactFolder(head, redact),
    ...(baseFailed === undefined ? {} : { baseFailed: redact(baseFailed) }),
    ...(said?.plan === undefined ? {} : { plan: said.plan }),
    ...(failed === undefined ? {} : { failed: redact(failed) }),
    between: [old.commit, old.here],
    picture: picturesIn(folderOf(directory, options)),
    ...(noPictures !== undefined && hasOtherDashboards(change) ? { noPictures } : {}),
    redact,
  });
  writeFileSync(join(directory, "comment.md"), text);
  return failed === undefined && said?.plan?.ok !== false;
}

function folderOf(
  directory: string,
  { picturesUrl, picturesPage }: Options,
): Parameters<typeof picturesIn>[0] {
  const path = `${basename(directory)}/pictures`;
  return {
    directory: join(directory, "pictures"),
    path,
    ...(picturesUrl === undefined ? {} : { url: `${picturesUrl}/${path}` }),
    ...(picturesPage === undefined ? {} : { page: picturesPage }),
  };
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
