/** docs/ports.md, from the ports and versions themselves. */
import { releases } from "../host-artifacts";
import { officialImages, versions } from "../versions";
import { CONTEXT_DEFAULTS } from "./context";
import {
  CADVISOR_PORT,
  DCGM_EXPORTER_PORT,
  FLOWER_PORTS,
  MONITORING_PORTS,
  NODE_EXPORTER_PORT,
  SUPERLINK_PORT,
} from "./ports";

type Row = readonly string[];

const PULUMI = "the machine that runs Pulumi";
const VM = "the monitoring VM";
const READERS = "people's browsers, and `npm run status`";

/** What listens, on which machine, who connects, and the key that moves it. */
const LISTENING: Row[] = [
  [
    "22",
    "sshd",
    "each host, each bastion, the monitoring VM",
    PULUMI,
    "`ssh.port`, a host's `port`",
  ],
  [
    String(NODE_EXPORTER_PORT),
    `node_exporter ${versions.nodeExporter}`,
    "each host of the federation",
    VM,
    "-",
  ],
  [
    String(CONTEXT_DEFAULTS.metricsPort),
    "Flower exporter",
    "the SuperLink's host, unless `context.FL_METRICS_ENABLED` is NO",
    VM,
    "`context.FL_METRICS_PORT`",
  ],
  [
    String(CADVISOR_PORT),
    `cAdvisor ${versions.cadvisor}`,
    "hosts with `flower.containerMetrics`",
    VM,
    "-",
  ],
  [
    String(DCGM_EXPORTER_PORT),
    `DCGM exporter ${versions.dcgmExporter}`,
    "SuperNodes with `dcgm`",
    VM,
    "-",
  ],
  [
    String(MONITORING_PORTS.prometheus),
    `Prometheus ${versions.prometheus}`,
    VM,
    `${READERS}; a Grafana of your own`,
    "`monitoring.ports.prometheus`",
  ],
  [
    String(MONITORING_PORTS.alertmanager),
    `Alertmanager ${versions.alertmanager}`,
    VM,
    `${READERS}; a Grafana of your own`,
    "`monitoring.ports.alertmanager`",
  ],
  [
    String(MONITORING_PORTS.grafana),
    `Grafana ${versions.grafana}`,
    VM,
    `${READERS}; ${PULUMI}`,
    "`monitoring.ports.grafana`",
  ],
];

/** Who calls the outside, when, and what makes it unnecessary. */
const CALLING: Row[] = [
  [VM, registries("prometheus", "alertmanager", "grafana"), "an image is not there", "`images`"],
  [VM, "what your receivers name", "an alert is told", "-"],
  ["each host", downloads(releases.nodeExporter()), "an install", "`artifacts.nodeExporter`"],
  ["hosts with cAdvisor", downloads(releases.cadvisor()), "an install", "`artifacts.cadvisor`"],
  ["the SuperLink's host", "its Python's package index", "an install", "`artifacts.wheels`"],
  [
    "SuperNodes with `dcgm`",
    registries("dcgmExporter"),
    "the image is not there",
    "`artifacts.dcgmImage`",
  ],
  [
    "the Flower exporter",
    "the SuperLink's Control API, `superlink.flower.controlApi`",
    "every 10 s",
    "`context.FL_METRICS_ENABLED: NO`",
  ],
];

function registries(...names: (keyof typeof officialImages)[]): string {
  return [...new Set(names.map((name) => officialImages[name].split("/")[0] ?? ""))].join(", ");
}

function downloads(payloads: { url?: string }[]): string {
  const hosts = payloads.flatMap(({ url }) => (url === undefined ? [] : [new URL(url).host]));
  return [...new Set(hosts)].join(", ");
}

function table(head: Row, rows: Row[]): string {
  const line = (cells: Row): string => `| ${cells.join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

export function portsPage(): string {
  return `# Ports

Made from components/config/ports-page.ts by \`make docs\`; do not edit.

All of them are TCP. An exporter listens on the \`address\` that its host has in the stack, and on no other; the
services of the monitoring VM on \`monitoring.address\`. How each connection is protected is in
[security.md](security.md).

## What listens

${table(["port", "what", "where", "reached from", "key"], LISTENING)}
So a firewall has to let the monitoring VM reach the exporters' ports of each host, the machine that runs Pulumi
reach port 22 and Grafana, and people the three services. Exporters need no other way in.

The SuperLink's own port (${SUPERLINK_PORT} unless Flower says otherwise) is Flower's: SuperNodes reach it as before, and
the Flower exporter uses it from the SuperLink's host.

## What calls the outside

${table(["from", "to", "when", "not with"], CALLING)}
What hosts download counts only with the checksum that the program pins. Images are named by tag, the DCGM
exporter's by digest too. Usage reports of Grafana and of the exporter's \`flwr\` are switched off.

## Ports that are taken

\`FL_METRICS_PORT\` may be none of Flower's own (${FLOWER_PORTS.join(", ")}), nor ${NODE_EXPORTER_PORT}, nor ${CADVISOR_PORT} where the
SuperLink's host has cAdvisor. Where the monitoring VM is also a host of the federation, its services, the
exporters, sshd and the SuperLink are compared too. A clash is told before anything is touched, with both owners.

A ServerApp or a simulation with \`FL_METRICS_ENABLED=YES\` in its own environment listens on
127.0.0.1:${CONTEXT_DEFAULTS.metricsPort} (\`FL_METRICS_PORT\`), as long as it runs; no other machine can reach that.
`;
}
