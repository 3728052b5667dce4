/** One comment on a pull request: what a change would do to a stack. Pure. */
import { dashboardsSection, type Picture } from "./dashboards";
import { below, stackOf, type Folder } from "./folder";
import { hostsSection, restartsOnHosts, touchedHosts, type Touched } from "./hosts";
import type { Plan } from "./plan";
import { containerRestarts, hostsTouched, resourcesSection } from "./resources";
import { routesSection } from "./routes";
import { rulesSection } from "./rules";
import { isEmpty, type Section } from "./section";
import {
  otherSection,
  replacedServices,
  scrapeSection,
  servicesSection,
  serviceTitle,
  settingsSection,
} from "./services";
import { targetsSection } from "./targets";
import { block, clip, code, listed, names } from "./words";
import type { Redact } from "./secrets";

export interface CommentArgs {
  stack: string;
  /** Exports; without files where there is none. */
  base: Folder;
  head: Folder;
  /** What the engine would do; undefined where it was not asked. */
  plan?: Plan;
  /** Why the head has no export, or the engine no plan. */
  failed?: string;
  /** Why the base has none, where that is not because the stack is new. */
  baseFailed?: string;
  /** What was compared, such as two commits. */
  between?: [base: string, head: string];
  picture?: Picture;
  /** Why changed dashboards have none, where they were to have some. */
  noPictures?: string;
  redact: Redact;
}

/** GitHub's limit is 65,536 characters; bytes are never fewer. */
const LIMIT_BYTES = 60_000;

/** Entries a section, and characters of each entry's block, tried in turn until the comment fits. */
const ROOM: [entries: number, details: number][] = [
  [200, 6000],
  [60, 2000],
  [25, 800],
  [12, 0],
  [4, 0],
  [0, 0],
];

/** Sections with at most so many entries are open. */
const OPEN = 12;

/** By which the comment of a stack is found again. */
export function marker(stack: string): string {
  return `<!-- flower-monitoring preview of ${stack.replace(/[^\w./-]/g, "")} -->`;
}

export function comment(args: CommentArgs): string {
  const sections = sectionsOf(args).filter((section) => !isEmpty(section));
  for (const [entries, details] of ROOM) {
    const text = args.redact(render(args, sections, entries, details));
    if (Buffer.byteLength(text) <= LIMIT_BYTES) return text;
  }
  throw new Error(`preview: no room for ${sections.length} headings`);
}

function sectionsOf({ base, head, plan, picture, baseFailed }: CommentArgs): Section[] {
  if (head.size === 0 || baseFailed !== undefined)
    return plan === undefined ? [] : [resourcesSection(plan)];
  const typed: [RegExp, Section][] = [
    [/^rules\//, rulesSection(base, head)],
    [/^(alertmanager\.yml|notifications\.tmpl)$/, routesSection(base, head)],
    [/^targets\//, targetsSection(base, head)],
    [/^dashboards\//, dashboardsSection(base, head, picture)],
    [/^hosts(\/|\.json$)/, hostsSection(base, head)],
    [/^services\//, servicesSection(base, head)],
    [/^prometheus\.yml$/, scrapeSection(base, head)],
    [/^stack\.json$/, settingsSection(base, head)],
  ];
  const told = (path: string): boolean =>
    // What is not told of these two is told by targets, or is the machine's.
    ["stack.json", "hosts.json"].includes(path) ||
    typed.some(([paths, section]) => !isEmpty(section) && paths.test(path));
  return [
    ...typed.map(([, section]) => section),
    otherSection(base, head, told),
    ...(plan === undefined ? [] : [resourcesSection(plan)]),
  ];
}

function render(args: CommentArgs, sections: Section[], most: number, details: number): string {
  const { stack, base, plan, failed, between } = args;
  const errors = [...(failed === undefined ? [] : [failed]), ...(plan?.errors ?? [])];
  const parts = [
    marker(stack),
    `### Monitoring of \`${stack}\``,
    `**${summary(args, sections)}**`,
    ...(errors.length === 0 ? [] : [block(clip(errors.join("\n\n"), 6000).split("\n"))]),
    ...effects(args),
    ...(args.baseFailed === undefined ? [] : [block(clip(args.baseFailed, 2000).split("\n"))]),
    ...sections.map((section) => folded(section, most, details)),
    ...notes(args, base),
    ...(between === undefined ? [] : [`<sub>${between.map(revision).join(" → ")}</sub>`]),
  ];
  return `${parts.join("\n\n")}\n`;
}

const revision = (name: string): string => name.replace(/[^\w./-]/g, "").slice(0, 40);

function summary(
  { plan, failed, head, base, baseFailed }: CommentArgs,
  sections: Section[],
): string {
  if (failed !== undefined && head.size === 0) return "The stack's files cannot be rendered.";
  const broken = failed !== undefined || plan?.ok === false ? "The preview failed. " : "";
  const words = sections.flatMap((section) => section.summary);
  const resources = plan?.changes.length ?? 0;
  if (base.size === 0 && head.size > 0) {
    const why = baseFailed === undefined ? "all of it is new" : "the base cannot be rendered";
    return `${broken}There is nothing to compare with: ${why}.`;
  }
  if (words.length > 0) return `${broken}${capital(listed(words))}.`;
  if (sections.length > 0 && resources === 0) return `${broken}Something changes, see below.`;
  return resources === 0
    ? `${broken}Nothing changes.`
    : `${broken}Nothing that is rendered changes, but the stack is not as it should be.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What restarts and which hosts are touched: what a reviewer asks first. */
function effects({ base, head, plan }: CommentArgs): string[] {
  if (head.size === 0 && plan === undefined) return [];
  const both = base.size > 0 && head.size > 0;
  const touched = plan === undefined ? touchedHosts(base, head) : hostsTouched(plan);
  const services =
    plan !== undefined
      ? containerRestarts(plan)
      : both
        ? replacedServices(base, head).map(
            (name) => `${serviceTitle(name)}: its container is replaced`,
          )
        : [];
  const units = both
    ? restartsOnHosts(base, head).map(({ what, hosts }) => `${what} on ${names(hosts)}`)
    : [];
  const restarts = [...services, ...units];
  const lines = [
    restarts.length === 0
      ? "- **Restarts**: nothing"
      : `- **Restarts**: ${restarts.length === 1 ? restarts[0] : ""}`.trimEnd(),
    ...(restarts.length > 1 ? restarts.slice(0, 20).map((line) => `  - ${line}`) : []),
    ...(restarts.length > 20 ? [`  - and ${restarts.length - 20} more`] : []),
    `- **Hosts touched**: ${touchedWords(touched)}`,
  ];
  return [lines.join("\n")];
}

function touchedWords({ installed, updated, removed }: Touched): string {
  const of = (all: string[], verb: string): string[] =>
    all.length === 0 ? [] : [`${names(all)} ${verb}`];
  const words = [
    ...of(removed, "cleaned"),
    ...of(updated, "updated"),
    ...of(installed, "installed"),
  ];
  return words.length === 0 ? "none" : words.join("; ");
}

function folded({ title, summary: said, entries }: Section, most: number, details: number): string {
  const shown = entries.slice(0, most);
  const rest = entries.length - shown.length;
  const lines = shown.flatMap(({ line, details: more }) => [
    `- ${line}`,
    ...(more === undefined || details === 0 ? [] : [indented(clipLines(more, details))]),
  ]);
  if (rest > 0)
    lines.push(`- and ${rest.toLocaleString("en-US")} more, which are in the exports of this run`);
  const heading = said.length === 0 ? title : `${title}: ${listed(said)}`;
  const open = shown.length <= OPEN ? " open" : "";
  return `<details${open}><summary><b>${heading}</b></summary>\n\n${lines.join("\n")}\n\n</details>`;
}

/** Within its list item. */
function indented(text: string): string {
  const fenced = text.startsWith("```") ? text : block(text.split("\n"));
  return fenced
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}

/** Whole lines, and the block stays closed. */
function clipLines(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const all = text.split("\n");
  const fence = /^`{3,}/.exec(all[0] ?? "")?.[0];
  const kept: string[] = [];
  let length = 0;
  for (const line of all) {
    length += line.length + 1;
    if (length > longest) break;
    kept.push(line);
  }
  return [
    ...kept,
    `… ${all.length - kept.length} more lines`,
    ...(fence === undefined ? [] : [fence]),
  ].join("\n");
}

function notes({ plan, head, failed, noPictures }: CommentArgs, base: Folder): string[] {
  const missing = [...new Set([base, head].flatMap((folder) => stackOf(folder)?.missing ?? []))];
  return [
    ...(noPictures === undefined ? [] : [`_No pictures of dashboards:_ ${code(noPictures, 300)}`]),
    ...(plan === undefined && failed === undefined
      ? ["_Only the rendered files were compared: this run has no access to the stack's state._"]
      : []),
    ...(missing.length > 0 && below(head, "hosts").size > 0
      ? [`_Not on this machine, so hosts are shown as though they download it: ${names(missing)}._`]
      : []),
  ];
}
