import {
  AnnotationQueryBuilder,
  type AnnotationQuery,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { COLOURS, type Colour } from "./palette";
import { annotationQueries } from "./queries/annotations";
import { query } from "./panels";
import { SOURCE } from "./source";
import type { Builder } from "./variables";

interface Mark {
  name: string;
  expr: string;
  color: Colour;
  title: string;
  /** Labels that become tags. */
  tags: string;
  /** The series' value is the time of the mark, in milliseconds, not the time of the sample. */
  valueIsTime: boolean;
}

function mark({ name, expr, color, title, tags, valueIsTime }: Mark): Builder<AnnotationQuery> {
  const builder = new AnnotationQueryBuilder()
    .name(name)
    .datasource(SOURCE)
    .enable(true)
    .iconColor(color)
    // Without a target of its own Grafana skips it in silence; the fields beside are of old versions.
    .target(query(expr, "", "Anno").interval("30s"))
    .titleFormat(title)
    .tagKeys(tags)
    .useValueForTime(valueIsTime);
  return { build: () => builder.build() };
}

/** Marks on every panel over time: when runs began and ended, and what fired meanwhile. */
export function annotations(): Builder<AnnotationQuery>[] {
  return [
    mark({
      name: "Run starts",
      expr: annotationQueries.runStart(),
      color: COLOURS.first,
      title: "Run {{run_id}} starts",
      tags: "federation",
      valueIsTime: true,
    }),
    mark({
      name: "Run ends",
      expr: annotationQueries.runEnd(),
      color: COLOURS.neutral,
      title: "Run {{run_id}} ends",
      tags: "federation",
      valueIsTime: true,
    }),
    mark({
      name: "Firing alerts",
      expr: annotationQueries.alerts(),
      color: COLOURS.bad,
      title: "{{alertname}}",
      tags: "severity,host",
      valueIsTime: false,
    }),
  ];
}
