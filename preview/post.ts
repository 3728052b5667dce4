/** Puts comments on a pull request, each in the place of its last one. */
import { readFileSync } from "node:fs";
import { EXIT, type ExitCode, UsageError } from "../runner/errors";
import { forgeOf, type Forge } from "./forge";

const HELP = `npm run post-comment -- FILE...

Puts each comment that npm run comment or npm run pull-request wrote on the pull request that this CI job is of:
into the comment that it wrote before, or a new one. GitHub: $GITHUB_TOKEN with pull-requests: write. GitLab:
$PREVIEW_TOKEN, a project access token with the scope api.

Exit code: 0 done, or not allowed to (a fork's token cannot write); 1 refused; 2 not begun.
`;

/** @throws Error with the forge's answer when it refuses */
export async function post(text: string, forge: Forge): Promise<"created" | "updated" | "same"> {
  const mark = text.split("\n")[0] ?? "";
  if (!/^<!-- flower-monitoring preview of .* -->$/.test(mark)) {
    throw new UsageError(
      "FILE: got a text without the mark of a comment in its first line; allowed: what npm run comment wrote; do: name that file",
    );
  }
  const own = (await forge.comments()).find(({ body }) => body.startsWith(mark));
  if (own === undefined) {
    await forge.create(text);
    return "created";
  }
  if (own.body.trim() === text.trim()) return "same";
  await forge.update(own.id, text);
  return "updated";
}

async function main(files: string[]): Promise<ExitCode> {
  if (files.length === 0 || files[0] === "--help") {
    process.stdout.write(HELP);
    return files.length === 0 ? EXIT.usage : EXIT.ok;
  }
  try {
    const forge = forgeOf(process.env);
    for (const file of files) {
      process.stdout.write(`${file}: ${await post(readFileSync(file, "utf8"), forge)}\n`);
    }
    return EXIT.ok;
  } catch (error) {
    const words = (error as Error).message;
    process.stderr.write(`${words}\n`);
    if (error instanceof UsageError) return EXIT.usage;
    // Of a fork there is nobody to whom it could be told but the job's own page.
    return /answered 403/.test(words) ? EXIT.ok : EXIT.fault;
  }
}

if (require.main === module) {
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
