/** Simple commands of a shell script, as far as documents write scripts. */

/** A command's words, without quotes, redirections and assignments before it. */
export type Command = string[];

/** Words after which a command of its own begins. */
const BEFORE_COMMAND = new Set([
  "do",
  "then",
  "else",
  "if",
  "while",
  "until",
  "exec",
  "sudo",
  "time",
  "!",
]);
/** What is no command of its own. */
const NO_COMMAND = new Set(["done", "fi", "for", "case", "esac", "{", "}"]);

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

/**
 * Splits at `|`, `&`, `;` and line ends outside of quotes; here-documents and comments are left out, and a
 * `$(...)` is a part of its word.
 */
export function commandsOf(script: string): Command[] {
  const commands: Command[] = [];
  let words: Command = [];
  const end = (): void => {
    const command = stripped(words);
    if (command.length > 0) commands.push(command);
    words = [];
  };
  for (const token of tokens(withoutHereDocuments(script))) {
    if (token === SEPARATOR) end();
    else words.push(token);
  }
  end();
  return commands;
}

const SEPARATOR = "\n";

/** The program itself is the first word. */
function stripped(words: Command): Command {
  const at = words.findIndex((word) => !BEFORE_COMMAND.has(word) && !ASSIGNMENT.test(word));
  const command = at < 0 ? [] : words.slice(at);
  return NO_COMMAND.has(command[0] ?? "") || command[0]?.startsWith("-") === true ? [] : command;
}

function withoutHereDocuments(script: string): string {
  return script.replace(/<<-?\s*'?(\w+)'?([^\n]*)\n[\s\S]*?^\s*\1$/gm, "$2");
}

/** Words, and a separator between commands. */
function tokens(script: string): string[] {
  const found: string[] = [];
  // In this order: comment, placeholder, redirection with its target, end of a command, blank, word.
  const form =
    /(?<=^|\s)#[^\n]*|(?<placeholder><[a-z -]+>)|[0-9]?(?:>>|>|<)&?\s*[^\s|;&]+|(?<end>[|;&\n]+)|\\\n|[^\S\n]+|(?<word>(?:'[^']*'|"(?:\\.|[^"\\])*"|\$\((?:[^()]|\([^()]*\))*\)|\\.|<[a-z -]+>|[^\s'"|;&<>\\])+)|[^]/gm;
  for (const match of script.matchAll(form)) {
    const { end, word, placeholder } = match.groups ?? {};
    if (end !== undefined) found.push(SEPARATOR);
    else if (word !== undefined) found.push(word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"));
    else if (placeholder !== undefined) found.push(placeholder);
  }
  return found;
}
