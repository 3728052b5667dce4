import { hostOf, hostsWith, type Lab, type LabHost } from "../layout";

/** Environment of every Flower process: no telemetry, no update check, nothing calls out. */
const ENVIRONMENT = [
  "FLWR_HOME=/var/lib/flower/.flwr",
  "FLWR_TELEMETRY_ENABLED=0",
  "FLWR_DISABLE_UPDATE_CHECK=1",
  "HOME=/var/lib/flower",
  // Flower starts its own executables by name.
  "PATH=/opt/flower/bin:/usr/bin:/bin",
];

/** Where the SuperLink's host has train.sh. */
export const TRAIN = "/usr/local/bin/lab-train";

/** Port of the SuperLink's one HTTP server. */
export const SUPERLINK_PORT = 8000;

function unit(description: string, command: string[], restartSeconds: number): string {
  return `[Unit]
Description=${description}
After=network.target
StartLimitIntervalSec=0

[Service]
User=flower
WorkingDirectory=/var/lib/flower
${ENVIRONMENT.map((pair) => `Environment=${pair}`).join("\n")}
ExecStart=${command.join(" ")}
Restart=always
RestartSec=${restartSeconds}
# The machine is all hosts in one. Where it has too much to do, rounds take longer, and what deploys,
# watches and tests does not starve.
Nice=5

[Install]
WantedBy=multi-user.target
`;
}

/** Address of the lab's SuperLink, `host:port`. */
export function superlinkAddress(lab: Lab): string {
  const superlink = hostOf(lab, "superlink");
  return `${superlink.address}:${SUPERLINK_PORT}`;
}

/** Flower's systemd units on a host, by file name. They know nothing of the monitoring. */
export function flowerUnits(lab: Lab, host: LabHost): Record<string, string> {
  switch (host.role) {
    case "monitor":
      return {};
    case "superlink":
      return {
        "flower-superlink.service": unit(
          "Flower SuperLink",
          [
            `/opt/flower/bin/flower-superlink --host ${host.address} --port ${SUPERLINK_PORT}`,
            "--ssl-ca-certfile /etc/flower/ca.crt --ssl-certfile /etc/flower/superlink.crt",
            "--ssl-keyfile /etc/flower/superlink.key --enable-supernode-auth",
            "--database /var/lib/flower/state.db --disable-runtime-dependency-installation",
          ],
          5,
        ),
        "flower-training.service": unit(
          "Trains the lab's app again and again",
          // Each message starts a Python process; the pause keeps the whole lab under one core.
          [TRAIN],
          20,
        ),
      };
    case "supernode": {
      const nodes = hostsWith(lab, "supernode");
      const partition = nodes.findIndex(({ name }) => name === host.name);
      return {
        "flower-supernode.service": unit(
          "Flower SuperNode",
          [
            `/opt/flower/bin/flower-supernode --superlink ${superlinkAddress(lab)}`,
            "--root-certificates /etc/flower/ca.crt",
            "--auth-supernode-private-key /etc/flower/node-key",
            `--node-config "partition-id=${partition} num-partitions=${nodes.length}"`,
          ],
          // A registered SuperNode that comes back within its heartbeat's grace is refused and must
          // try again later.
          20,
        ),
      };
    }
  }
}

/** The `flwr` CLI's connection `lab`. */
export function flwrConfig(lab: Lab): string {
  return `[superlink]
default = "lab"

[superlink.lab]
address = "${superlinkAddress(lab)}"
root-certificates = "/etc/flower/ca.crt"
`;
}
