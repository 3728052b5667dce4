/**
 * A reader of Go's templates, as far as texts of alerts use them. Grafana expands its annotations with
 * Prometheus' own package and other settings, which are the two dialects here: what is missing is empty
 * in Prometheus and says so in Grafana, and `$value` is the number in Prometheus, a list of all steps in
 * Grafana, where `$values.A.Value` is the number.
 */
import { FUNCTIONS, ONLY_PROMETHEUS, truthy, type Value } from "./functions";
import { print } from "./format";

export type Dialect = "prometheus" | "grafana";

export interface Data {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** What lies between two of `{{ ... }}`, or one of them. */
type Piece = { text: string } | { action: string };

/** @throws Error naming what the dialect does not know, or does not know for sure */
export function expand(template: string, data: Data, dialect: Dialect): string {
  const reader = new Reader(pieces(template), data, dialect);
  const { out, end } = reader.block(true);
  if (end !== "") throw new Error(`{{ ${end} }} without an if in ${template}`);
  return dialect === "grafana" ? out.replaceAll("<no value>", "[no value]") : out;
}

function pieces(template: string): Piece[] {
  const found: Piece[] = [];
  let rest = template;
  for (;;) {
    const match = /\{\{(-\s)?((?:"(?:[^"\\]|\\.)*"|[^"}]|\}(?!\}))*?)(\s-)?\}\}/.exec(rest);
    if (match === null) break;
    const [whole, left, action = "", right] = match;
    const before = rest.slice(0, match.index);
    found.push({ text: left === undefined ? before : before.trimEnd() }, { action: action.trim() });
    rest = rest.slice(match.index + whole.length);
    if (right !== undefined) rest = rest.trimStart();
  }
  if (rest.includes("{{")) throw new Error(`an action that does not end: ${rest}`);
  return [...found, { text: rest }];
}

class Reader {
  private at = 0;

  constructor(
    private readonly all: Piece[],
    private readonly data: Data,
    private readonly dialect: Dialect,
  ) {}

  /** Reads up to the end of a block. Of a branch that is not taken only the form is looked at. */
  block(taken: boolean): { out: string; end: string } {
    let out = "";
    while (this.at < this.all.length) {
      const piece = this.all[this.at++];
      if (piece === undefined) break;
      if ("text" in piece) {
        if (taken) out += piece.text;
      } else if (/^(end$|else\b)/.test(piece.action)) return { out, end: piece.action };
      else if (piece.action.startsWith("if ")) out += this.branches(piece.action.slice(3), taken);
      else {
        const value = this.pipeline(piece.action);
        if (taken) out += print(value);
      }
    }
    return { out, end: "" };
  }

  private branches(condition: string, taken: boolean): string {
    const chosen = truthy(this.pipeline(condition));
    const first = this.block(taken && chosen);
    if (first.end === "end") return first.out;
    const other = taken && !chosen;
    const elseIf = /^else if (.*)$/s.exec(first.end)?.[1];
    if (elseIf !== undefined) return first.out + this.branches(elseIf, other);
    if (first.end !== "else") throw new Error(`if ${condition}: no end`);
    const second = this.block(other);
    if (second.end !== "end") throw new Error(`if ${condition}: no end`);
    return first.out + second.out;
  }

  private pipeline(source: string): Value {
    const tokens = source.match(/"(?:[^"\\]|\\.)*"|\$[\w.]*|[A-Za-z]\w*|-?\d[\d.e+-]*|[()|]|\S/g);
    const rest = [...(tokens ?? [])];
    const value = this.commands(rest, source);
    if (rest.length > 0) throw new Error(`${source}: what is ${rest.join(" ")}?`);
    return value;
  }

  /** Commands with `|` between them: each is the last argument of the next. */
  private commands(rest: string[], source: string): Value {
    let value: Value;
    let piped = false;
    do {
      const [head = "", ...args] = this.operands(rest, source);
      value = call(head, [...args, ...(piped ? [{ value }] : [])], source);
      piped = true;
    } while (rest[0] === "|" && rest.shift() !== undefined);
    return value;
  }

  private operands(rest: string[], source: string): Operand[] {
    const found: Operand[] = [];
    while (rest.length > 0 && rest[0] !== "|" && rest[0] !== ")") {
      const token = rest.shift() ?? "";
      if (token === "(") {
        found.push({ value: this.commands(rest, source) });
        if (rest.shift() !== ")") throw new Error(`${source}: ( without )`);
      } else if (token.startsWith('"')) found.push({ value: JSON.parse(token) as string });
      else if (token.startsWith("$")) found.push({ value: this.variable(token) });
      else if (/^-?\d+$/.test(token)) found.push({ value: BigInt(token) });
      else if (/^-?\d/.test(token)) found.push({ value: Number(token) });
      else found.push(token);
    }
    if (found.length === 0) throw new Error(`${source}: nothing to print`);
    return found;
  }

  private variable(name: string): Value {
    const label = /^\$labels\.(\w+)$/.exec(name)?.[1];
    const { labels, value } = this.data;
    if (label !== undefined) {
      const missing = this.dialect === "prometheus" ? "" : undefined;
      return Object.hasOwn(labels, label) ? labels[label] : missing;
    }
    if (name === (this.dialect === "prometheus" ? "$value" : "$values.A.Value")) return value;
    throw new Error(`${this.dialect} has no ${name}, or means another thing by it`);
  }
}

/** A value, or the name of a function. */
type Operand = string | { value: Value };

function call(head: Operand, args: Operand[], source: string): Value {
  const values = args.map((one) => {
    if (typeof one !== "string") return one.value;
    return call(one, [], source);
  });
  if (typeof head !== "string") {
    if (values.length > 0) throw new Error(`${source}: a value takes no arguments`);
    return head.value;
  }
  const own = FUNCTIONS[head];
  if (own !== undefined) return own(...values);
  const why = ONLY_PROMETHEUS[head];
  throw new Error(
    why === undefined ? `${head} is not among what texts may use` : `${head}: ${why}`,
  );
}
