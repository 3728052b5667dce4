/** What a comment is made of, before it is text. */

/** One thing that changed. */
export interface Entry {
  /** A line of Markdown. */
  line: string;
  /** A block below it, which goes first when room is short. */
  details?: string;
}

/** Everything of one kind that changed. */
export interface Section {
  title: string;
  /** What the summary says of it, such as `2 alerts changed`; nothing where it goes without saying. */
  summary: string[];
  /** The most important first. */
  entries: Entry[];
}

/** A section without entries says nothing. */
export function isEmpty({ entries }: Section): boolean {
  return entries.length === 0;
}
