/** The example stack as two stacks: what a person does who moves keys from one file to two. */

type Raw = Record<string, unknown>;

/** Leaves what a stack with the federation's hosts has. */
export function asFleet(raw: Raw): void {
  const gone = ["scrapeInterval", "retention", "retainData", "monitoring", "alerting"];
  remove(raw, [...gone, "grafanaAdminPassword"]);
  remove(raw["images"] as Raw | undefined, ["prometheus", "alertmanager", "grafana"]);
  raw["scope"] = "fleet";
}

/** Leaves what a stack with the monitoring VM has. */
export function asCore(raw: Raw, fleetStack: string): void {
  const gone = ["context", "hook", "dcgmProfiling", "superlink", "supernodes", "repair"];
  remove(raw, [...gone, "artifacts"]);
  remove(raw["images"] as Raw | undefined, ["dcgmExporter"]);
  Object.assign(raw, { scope: "core", fleetStack });
}

function remove(map: Raw | undefined, keys: string[]): void {
  if (map === undefined) return;
  for (const key of keys) Reflect.deleteProperty(map, key);
}
