/** What is looked at on the monitoring VM: the installer's own functions, and what containers need. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CoreConfig } from "../../components/config/schema";
import { quote } from "../../components/render/shell";

const REPO = join(__dirname, "..", "..");

/** Where the functions are that the script uses, and then the script. */
const SOURCES = [
  "host/steps/common.sh",
  "host/steps/optional.sh",
  "host/steps/preflight.sh",
  "host/steps/check.sh",
  "runner/doctor/vm.sh",
];

export function vmScript({
  monitoring: { docker, address, ports },
  images,
}: Pick<CoreConfig, "monitoring" | "images">): string {
  const services = (["prometheus", "alertmanager", "grafana"] as const)
    .map((service) => `${service} ${ports[service]} ${images[service]}`)
    .join("\n");
  return [
    "set -eu",
    `export LC_ALL=C PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"`,
    ...(docker.kind === "unix" ? [`export DOCKER_HOST=${quote(docker.url)}`] : []),
    `FM_HOST=monitoring FM_ADDRESS=${quote(address)} services=${quote(services)}`,
    ...SOURCES.map((path) => readFileSync(join(REPO, path), "utf8")),
  ].join("\n");
}
