/** The JSON Schema of a stack file, for editors. The parser is the judge, and says more. */
import * as z from "zod";
import { THRESHOLDS } from "../../rules/thresholds";
import { SEVERITIES } from "./alerting-schema";
import { grafana } from "./grafana";
import { CONFIG_KEYS } from "./parse";
import { receiver, urlTarget } from "./receiver-shapes";
import { platform } from "./platform";
import type { JsonSchema } from "./rule";
import { muteTiming } from "./routing";
import { scopeShape, stackName } from "./scope";
import { shapes } from "./shapes";

/** Every key that holds no secret. */
const SHAPES: Record<(typeof CONFIG_KEYS)[number], z.ZodType | JsonSchema> = {
  federation: shapes.federation,
  scope: scopeShape,
  fleetStack: stackName,
  scrapeInterval: shapes.scrapeInterval,
  retention: shapes.retention,
  retainData: shapes.retainData,
  hook: shapes.hook,
  dcgmProfiling: shapes.dcgmProfiling,
  context: shapes.context,
  ssh: within(shapes.ssh, { bastions: mapOf(schemaOf(shapes.bastion)) }),
  monitoring: within(shapes.monitoring, {
    docker: {
      type: "string",
      description: "ssh://user@host[:port] or unix:///path/of/docker.sock",
    },
  }),
  superlink: shapes.superlink,
  supernodes: listOf(schemaOf(shapes.supernode)),
  repair: shapes.repair,
  alerting: within(shapes.alerting, {
    receivers: listOf(schemaOf(receiver)),
    routes: { type: "array", items: { type: "object" } },
    routing: {
      type: "object",
      properties: Object.fromEntries(SEVERITIES.map((severity) => [severity, names()])),
      additionalProperties: false,
    },
    sites: mapOf(names()),
    muteTimings: mapOf(schemaOf(muteTiming)),
    groupBy: names(),
    deadMansSwitch: schemaOf(urlTarget),
    thresholds: thresholdsSchema(),
  }),
  grafana,
  platform,
  images: shapes.images,
  artifacts: shapes.artifacts,
};

/** The schema of `Pulumi.<stack>.yaml`. Secrets and other packages' keys are any further keys. */
export function stackFileSchema(): JsonSchema {
  const properties = CONFIG_KEYS.map((key) => {
    const shape = SHAPES[key];
    return [`flower-monitoring:${key}`, shape instanceof z.ZodType ? schemaOf(shape) : shape];
  });
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A stack of flower-monitoring",
    description: "Made from components/config by `make docs`; do not edit.",
    type: "object",
    properties: {
      config: { type: "object", properties: Object.fromEntries(properties) as JsonSchema },
    },
  };
}

function schemaOf(shape: z.ZodType): JsonSchema {
  const schema: Record<string, unknown> = z.toJSONSchema(shape, { target: "draft-7", io: "input" });
  Reflect.deleteProperty(schema, "$schema");
  return schema;
}

/** A shape whose parts the parser looks at one by one, with the schemas of those parts. */
function within(shape: z.ZodType, parts: Record<string, JsonSchema>): JsonSchema {
  const schema = schemaOf(shape);
  return { ...schema, properties: { ...(schema["properties"] as object), ...parts } };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

function mapOf(values: JsonSchema): JsonSchema {
  return { type: "object", additionalProperties: values };
}

function names(): JsonSchema {
  return listOf({ type: "string" });
}

function thresholdsSchema(): JsonSchema {
  const properties = Object.entries(THRESHOLDS).map(([name, { default: value, allowed, why }]) => [
    name,
    { type: typeof value, default: value, description: `${allowed}. ${why}` },
  ]);
  return {
    type: "object",
    properties: Object.fromEntries(properties) as JsonSchema,
    additionalProperties: false,
  };
}
