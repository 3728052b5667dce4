/** What the documents' test reads of Markdown: no more than the documents here use. */

/** A fenced block of code. */
export interface Fence {
  /** The word behind the backticks; empty without one. */
  lang: string;
  text: string;
  /** Line of its first backticks, from 1. */
  line: number;
}

/** A link or picture. */
export interface DocLink {
  target: string;
  line: number;
}

/** One document, taken apart. */
export interface MarkdownPage {
  /** Anchors of its headings, as GitHub makes them. */
  anchors: Set<string>;
  links: DocLink[];
  fences: Fence[];
  /** Everything outside of fences, in as many lines as the file has. */
  prose: string;
}

/**
 * Links of the three forms that are in use: `[text](target)`, `<img src="target">`, and `srcset` of a picture
 * that differs between light and dark.
 */
const LINK = /\]\(([^)\s]+)\)|\b(?:src|srcset|href)="([^"]+)"/g;

export function readMarkdown(text: string): MarkdownPage {
  const { prose, fences } = withoutFences(text);
  const links: DocLink[] = [];
  // A link in backticks is text.
  const plain = prose.replace(/`[^`\n]*`/g, (code) => code.replace(/[^\n]/g, "."));
  for (const match of plain.matchAll(LINK)) {
    const line = plain.slice(0, match.index).split("\n").length;
    links.push({ target: match[1] ?? match[2] ?? "", line });
  }
  return { anchors: anchorsOf(prose), links, fences, prose };
}

/** Words in backticks, with their lines. */
export function codeSpans(prose: string): { text: string; line: number }[] {
  return prose
    .split("\n")
    .flatMap((line, index) =>
      [...line.matchAll(/`([^`]+)`/g)].map((match) => ({ text: match[1] ?? "", line: index + 1 })),
    );
}

function withoutFences(text: string): { prose: string; fences: Fence[] } {
  const fences: Fence[] = [];
  const prose: string[] = [];
  let open:
    { mark: string; lang: string; line: number; indent: number; body: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const mark = /^(\s*)(`{3,})\s*(\w*)/.exec(line);
    if (open === undefined && mark !== null) {
      const [, indent = "", ticks = "", lang = ""] = mark;
      open = { mark: ticks, lang, line: index + 1, indent: indent.length, body: [] };
    } else if (open !== undefined && line.trim() === open.mark) {
      fences.push({ lang: open.lang, line: open.line, text: open.body.join("\n") });
      open = undefined;
    } else if (open !== undefined) {
      open.body.push(line.slice(open.indent));
    } else {
      prose.push(line);
      continue;
    }
    prose.push("");
  }
  if (open !== undefined) throw new Error(`a fence that begins in line ${open.line} has no end`);
  return { prose: prose.join("\n"), fences };
}

function anchorsOf(prose: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of prose.matchAll(/^#{1,6} +(.+)$/gm)) {
    const anchor = slug(heading);
    let unique = anchor;
    for (let n = 1; anchors.has(unique); n++) unique = `${anchor}-${n}`;
    anchors.add(unique);
  }
  for (const [, id = ""] of prose.matchAll(/<a id="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

/** Letters, digits, `_` and `-` stay, a space becomes `-`, the rest goes. */
function slug(heading: string): string {
  return heading
    .trim()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
}
