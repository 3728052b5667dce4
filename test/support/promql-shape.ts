/** What is done to the series of an expression: by which function, in which aggregation, over which range. */
import { parser } from "@prometheus-io/lezer-promql";

type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** A selected metric, and what stands around it, from the inside out. */
export interface Use {
  metric: string;
  /** Length of its range, as written; undefined for an instant vector. */
  range?: string;
  /** Functions and aggregations around it: `rate`, `sum`. */
  within: string[];
}

export interface Aggregation {
  operator: string;
  /** Labels that are left. */
  by: string[];
  /** What is aggregated. */
  uses: Use[];
}

export interface Shape {
  uses: Use[];
  aggregations: Aggregation[];
}

/** @param expr PromQL, which has been parsed without a fault */
export function shapeOf(expr: string): Shape {
  const text = (node: SyntaxNode | null): string =>
    node === null ? "" : expr.slice(node.from, node.to);
  const shape: Shape = { uses: [], aggregations: [] };
  parser.parse(expr).iterate({
    enter: ({ node, name }) => {
      if (name === "VectorSelector") shape.uses.push(use(node, text));
      if (name !== "AggregateExpr") return;
      shape.aggregations.push({
        operator: text(node.getChild("AggregateOp")),
        by: labelsOf(node.getChild("AggregateModifier"), text),
        uses: inside(node.getChild("FunctionCallBody"), text),
      });
    },
  });
  return shape;
}

type Text = (node: SyntaxNode | null) => string;

function use(node: SyntaxNode, text: Text): Use {
  const matrix = node.parent?.name === "MatrixSelector" ? node.parent : null;
  const within: string[] = [];
  for (let up = node.parent; up !== null; up = up.parent) {
    if (up.name === "FunctionCall") within.push(text(up.getChild("FunctionIdentifier")));
    if (up.name === "AggregateExpr") within.push(text(up.getChild("AggregateOp")));
  }
  const range = matrix === null ? {} : { range: text(matrix.getChild("DurationExpr")) };
  return { metric: text(node.getChild("Identifier")), ...range, within };
}

function labelsOf(modifier: SyntaxNode | null, text: Text): string[] {
  const grouping = modifier?.getChild("GroupingLabels");
  return grouping?.getChildren("LabelName").map(text) ?? [];
}

function inside(body: SyntaxNode | null, text: Text): Use[] {
  const found: Use[] = [];
  body?.cursor().iterate(({ node, name }) => {
    // A cursor goes on to what follows the node it began at.
    if (node.from >= body.to || node.to <= body.from) return;
    if (name === "VectorSelector") found.push(use(node, text));
  });
  return found;
}
