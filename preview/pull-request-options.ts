/** Options of `npm run pull-request`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../runner/errors";

export const HELP = `npm run pull-request -- --base REF --out DIR [--stack NAME]... [options]

For each stack: exports it as it was at REF and as it is here, asks Pulumi what it would do where a backend is
configured ($PULUMI_BACKEND_URL or $PULUMI_ACCESS_TOKEN), and writes DIR/NAME/comment.md beside both exports. Where
dashboards differ, DIR/NAME/pictures/ gets a picture of each, before and after; where that is not possible, the
comment says why.

      --base REF           a commit; in a merge of a pull request: HEAD^1
      --out DIR            made anew
  -s, --stack NAME         may be repeated, or several names with spaces; default every Pulumi.NAME.yaml that is no example
      --pictures-url URL   where readers will find DIR's files: the comment shows the pictures
      --pictures-page URL  where readers will find DIR to download: the comment names the pictures' files
      --install-browser    where a picture needs a browser and there is none, Chromium is installed with apt-get
  -h, --help               this text

Exit code: 0 every stack can be rendered, and previewed where it was asked; 1 one cannot; 2 not begun.
`;

export interface Options {
  base: string;
  out: string;
  /** Empty: all that there are. */
  stacks: string[];
  picturesUrl?: string;
  picturesPage?: string;
  installBrowser: boolean;
}

/** @throws UsageError with one line */
export function optionsOf(args: string[], cwd: string): Options | undefined {
  const values = parsed(args);
  if (values.help) return undefined;
  const { base = "", out = "", "pictures-url": url, "pictures-page": page } = values;
  for (const [name, value] of Object.entries({ base, out })) {
    if (value !== "" && !value.startsWith("-")) continue;
    throw new UsageError(
      `--${name}: got "${value}"; allowed: ${name === "base" ? "a commit" : "a directory"}; do: npm run pull-request -- --help`,
    );
  }
  for (const [name, value] of Object.entries({ "pictures-url": url, "pictures-page": page })) {
    if (value === undefined || /^https?:\/\/[^\s()<>]+$/.test(value)) continue;
    throw new UsageError(
      `--${name}: got "${value}"; allowed: an address with http: or https:; do: correct it, or leave it out`,
    );
  }
  const stacks = (values.stack ?? []).flatMap((names) => names.split(/[\s,]+/)).filter(Boolean);
  const wrong = stacks.find((name) => !/^\w[\w./-]*$/.test(name));
  if (wrong !== undefined) {
    throw new UsageError(`--stack: got "${wrong}"; allowed: names of stacks; do: correct it`);
  }
  return {
    base,
    out: resolve(cwd, out),
    stacks,
    ...(url === undefined ? {} : { picturesUrl: url.replace(/\/$/, "") }),
    ...(page === undefined ? {} : { picturesPage: page }),
    installBrowser: values["install-browser"],
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        base: { type: "string" },
        out: { type: "string" },
        stack: { type: "string", short: "s", multiple: true },
        "pictures-url": { type: "string" },
        "pictures-page": { type: "string" },
        "install-browser": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    const words = (error as Error).message.split(/\.\s/)[0] ?? "";
    throw new UsageError(
      `options: got ${words}; allowed: --base, --out, --stack and others; do: npm run pull-request -- --help`,
    );
  }
}
