/** Pulumi's resources: how many of which kind, and by name. */
import { grouped } from "./difference";
import type { Change, Plan } from "./plan";
import type { Section } from "./section";
import { serviceTitle } from "./services";
import type { Touched } from "./hosts";
import { code, count, listed, names } from "./words";

const INSTALL = "-install";

/** What people call a resource, the first that fits. */
const KINDS: [RegExp, RegExp, string][] = [
  [/^command:local:Command$/, /-install$/, "host"],
  [/^command:local:Command$/, /-live-config$/, "configuration"],
  [/^command:local:Command$/, /-targets$/, "list of targets"],
  [/^command:local:Command$/, /-secrets$/, "set of secret files"],
  [/^command:local:Command$/, /-delivery$/, "test alert"],
  [/Container$/, /./, "container"],
  [/RemoteImage$/, /./, "image"],
  [/Volume$/, /-data$/, "data volume"],
  [/Volume$/, /./, "volume"],
  [/Network$/, /./, "network"],
  [/:Dashboard$/, /./, "dashboard"],
  [/:RuleGroup$/, /./, "rule group in Grafana"],
  [/:Folder$/, /./, "folder in Grafana"],
  [/:DataSource$/, /./, "data source in Grafana"],
  [/:ContactPoint$/, /./, "contact point in Grafana"],
  [/:NotificationPolicy$/, /./, "notification policy in Grafana"],
];

const PLURALS: Record<string, string> = {
  "list of targets": "lists of targets",
  "set of secret files": "sets of secret files",
  "notification policy in Grafana": "notification policies in Grafana",
};

const inGrafana = (kind: string): string => kind.replace(/ in Grafana$/, "s in Grafana");

function kindOf({ type, name }: Change): string {
  return KINDS.find(([types, ends]) => types.test(type) && ends.test(name))?.[2] ?? code(type);
}

/** The engine's own order is another each time. */
function rank(kind: string): number {
  const index = KINDS.findIndex(([, , word]) => word === kind);
  return index < 0 ? KINDS.length : index;
}

function plural(kind: string): string {
  return PLURALS[kind] ?? (kind.endsWith(" in Grafana") ? inGrafana(kind) : `${kind}s`);
}

const OPS: [Change["op"], string][] = [
  ["delete", "deleted"],
  ["replace", "replaced"],
  ["update", "updated"],
  ["create", "created"],
];

export function resourcesSection({ changes, unchanged }: Plan): Section {
  const entries = OPS.flatMap(([op, verb]) => {
    const own = changes.filter((change) => change.op === op);
    return grouped(own, kindOf)
      .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .map(([kind, all]) => ({
        line: `${count(all.length, kind, plural(kind))} ${verb}: ${names(all.map(shortName))}`,
      }));
  });
  if (entries.length === 0) return { title: "Resources", summary: [], entries };
  return {
    title: "Resources",
    summary: [],
    entries: [
      ...entries,
      { line: `${count(unchanged, "resource")} left as ${unchanged === 1 ? "it is" : "they are"}` },
    ],
  };
}

/** Names of resources, without what their kind says already. */
function shortName({ name }: Change): string {
  return name
    .replace(/^(monitoring|grafana)-(?=.)/, "")
    .replace(/-(install|live-config|targets|secrets|delivery|container|image|data|config)$/, "");
}

/** Hosts, by what their one resource does. */
export function hostsTouched({ changes }: Plan): Touched {
  const of = (...ops: Change["op"][]): string[] =>
    changes
      .filter(
        ({ op, name, type }) =>
          ops.includes(op) && type === "command:local:Command" && name.endsWith(INSTALL),
      )
      .map(({ name }) => name.slice(0, -INSTALL.length));
  return { installed: of("create"), updated: of("update", "replace"), removed: of("delete") };
}

/** What happens to the monitoring VM's containers: `Prometheus` restarts, or starts, or is taken away. */
export function containerRestarts({ changes }: Plan): string[] {
  return changes
    .filter(({ type }) => type.endsWith(":Container"))
    .flatMap(({ op, name, diffs }) => {
      const service = serviceTitle(name.replace(/^monitoring-/, "").replace(/-container$/, ""));
      const why =
        diffs.length === 0
          ? ""
          : ` (${listed(diffs.map((diff) => diff.split(/[.[]/)[0] ?? diff).filter((diff, i, all) => all.indexOf(diff) === i))})`;
      switch (op) {
        case "create":
          return [];
        case "delete":
          return [`${service} stops and is taken away`];
        case "replace":
          return [`${service}: its container is replaced${why}`];
        case "update":
          return [`${service}: its container is updated${why}`];
      }
    });
}
