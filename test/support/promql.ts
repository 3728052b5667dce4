/** What a PromQL expression reads and gives, by Prometheus' own grammar for editors. */
import { parser } from "@prometheus-io/lezer-promql";

type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

export interface Selector {
  metric: string;
  /** Label name to the matcher's operator and value. */
  matchers: Record<string, { operator: string; value: string }>;
}

export interface Reads {
  selectors: Selector[];
  /** Labels in by, without, on, ignoring, group_left and group_right. */
  labels: string[];
  /** Labels that label_replace, label_join and count_values add. */
  made: string[];
}

const MAKERS = ["LabelReplace", "LabelJoin", "CountValues"];

/** @throws Error naming the place where the expression is no PromQL */
export function reads(expr: string): Reads {
  const tree = parser.parse(expr);
  const found: Reads = { selectors: [], labels: [], made: [] };
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) {
        throw new Error(`no PromQL at ${node.from}: ${expr.slice(node.from)} in ${expr}`);
      }
      if (node.name === "VectorSelector") found.selectors.push(selector(node.node, expr));
      if (MAKERS.includes(node.name)) found.made.push(firstText(node.node, expr));
      if (node.name === "GroupingLabels") {
        const names = node.node.getChildren("LabelName");
        found.labels.push(...names.map(({ from, to }) => expr.slice(from, to)));
      }
    },
  });
  return found;
}

/** The first string that a function is called with; the node is its name. */
function firstText(name: SyntaxNode, expr: string): string {
  const text = name.parent?.parent?.getChild("FunctionCallBody")?.getChild("StringLiteral");
  return text == null ? "" : expr.slice(text.from + 1, text.to - 1);
}

function selector(node: SyntaxNode, expr: string): Selector {
  const text = (part: SyntaxNode | null): string =>
    part === null ? "" : expr.slice(part.from, part.to);
  const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
  const entries = matchers.map((matcher) => {
    const value = text(matcher.getChild("StringLiteral"));
    const operator = text(matcher.getChild("MatchOp"));
    return [text(matcher.getChild("LabelName")), { operator, value: value.slice(1, -1) }] as const;
  });
  return { metric: text(node.getChild("Identifier")), matchers: Object.fromEntries(entries) };
}

/** Label names in a legend or template: `{{name}}`, `{{ $labels.name }}`, also inside conditions. */
export function templateLabels(text: string): string[] {
  const actions = [...text.matchAll(/\{\{(.*?)\}\}/g)].map(([, action = ""]) => action.trim());
  return actions.flatMap((action) => {
    const named = [...action.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);
    return named.length > 0 || !/^\w+$/.test(action) || action === "end" || action === "else"
      ? named
      : [action];
  });
}
