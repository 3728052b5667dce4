/** A change of the example stack, and the comment on it. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { comment, type CommentArgs } from "../../preview/comment";
import type { Folder } from "../../preview/folder";
import { type Plan, planOf } from "../../preview/plan";
import { redactor } from "../../preview/secrets";
import type { Editable } from "../unit/config-fixture";
import { exampleValues, ExportProject } from "./export-project";

const FOLDER = resolve(__dirname, "../fixtures/previews");

/** What the real engine printed; see the README there. */
export function recorded(name: string): string {
  return readFileSync(join(FOLDER, name), "utf8");
}

export const recordedPlan = (name: string): Plan => planOf(recorded(`${name}.json`));

/** The export of the example, changed. */
export function exampleFolder(edit?: (raw: Editable) => void): Folder {
  const project = new ExportProject();
  try {
    const { files } = project.stack("trial", exampleValues(edit)).export("trial");
    return new Map(Object.entries(files));
  } finally {
    project.remove();
  }
}

export function commentOn(args: Partial<CommentArgs>): string {
  const empty: Folder = new Map();
  return comment({
    stack: "trial",
    base: empty,
    head: empty,
    redact: redactor(undefined),
    ...args,
  });
}

/** Its lines that say something: without marker, headings' tags and empty lines. */
export function saidIn(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/<details(?: open)?><summary><b>(.*)<\/b><\/summary>/, "# $1"))
    .filter((line) => !/^(<!--.*-->|### .*|<\/details>|_Only .*_|_Not on .*_|)$/.test(line));
}
