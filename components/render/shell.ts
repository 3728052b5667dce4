import { createHash } from "node:crypto";

/** Quotes one word for POSIX sh; the only place that does. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_\-./:=@%+,]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** SHA-256 of a text or buffer, in hex. */
export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Characters of a SHA-256 that name a bundle, or the hook, on a host and in status lines. */
const SHORT_HASH = 12;

export function shortHash(hash: string): string {
  return hash.slice(0, SHORT_HASH);
}

/**
 * A quoted here-document: `text` reaches the command's standard input byte for byte, but for a final
 * newline that is added when missing. The delimiter comes from the text's hash, so no line can
 * equal it by accident, and the same text always renders the same script (previews stay readable).
 */
export function hereDocument(command: string, text: string): string {
  const delimiter = `END_${sha256(text).slice(0, 16)}`;
  const body = text.endsWith("\n") ? text : `${text}\n`;
  return `${command} <<'${delimiter}'\n${body}${delimiter}\n`;
}
