import { hostOf, hostsWith, type Lab } from "../layout";
import { scriptOnHost } from "./container";
import { superlinkAddress } from "./units";

/** Runs a `flwr` command as the user flower on the SuperLink's host; returns its JSON. */
async function flwr(lab: Lab, command: string): Promise<Record<string, unknown>> {
  const superlink = hostOf(lab, "superlink");
  const environment = "HOME=/var/lib/flower FLWR_TELEMETRY_ENABLED=0 FLWR_DISABLE_UPDATE_CHECK=1";
  const output = await scriptOnHost(
    superlink,
    `cd /var/lib/flower\nrunuser -u flower -- env ${environment} ` +
      `FLWR_HOME=/var/lib/flower/.flwr /opt/flower/bin/flwr ${command} --format json\n`,
  );
  return JSON.parse(output) as Record<string, unknown>;
}

/**
 * Starts the federation: SuperLink, SuperNodes registered under their names, and training, which
 * goes on for as long as the lab lives.
 */
export async function startFederation(lab: Lab, say: (text: string) => void): Promise<void> {
  const superlink = hostOf(lab, "superlink");
  say("SuperLink");
  await scriptOnHost(
    superlink,
    `systemctl enable --now --quiet flower-superlink
for i in $(seq 60); do
  curl --silent --fail --cacert /etc/flower/ca.crt https://${superlinkAddress(lab)}/health && exit 0
  sleep 1
done
journalctl -u flower-superlink -n 20 --no-pager >&2
exit 1
`,
  );
  const listed = JSON.stringify(await flwr(lab, "supernode ls lab"));
  for (const [index, node] of hostsWith(lab, "supernode").entries()) {
    say(`registers ${node.name}`);
    if (!listed.includes(`"${node.name}"`)) {
      const key = `/etc/flower/nodes/${node.name}.pub`;
      // Flower takes a latitude and a longitude.
      const name = `--name ${node.name} --location ${50 + index},${8 + index}`;
      await flwr(lab, `supernode register ${key} lab ${name}`);
    }
    await scriptOnHost(node, "systemctl enable --now --quiet flower-supernode\n");
  }
  say("training");
  await scriptOnHost(superlink, "systemctl enable --now --quiet flower-training\n");
}

/**
 * Starts a run of the lab's app beside the training that goes on.
 * @param config `--run-config`, as in `min-nodes=9`
 * @returns the run's id
 */
export async function startRun(lab: Lab, config: string): Promise<string> {
  const started = await flwr(lab, `run /opt/flower-app lab --run-config "${config}"`);
  return String(started["run-id"]);
}

/** Ends training for good, also the run that is under way. */
export async function stopTraining(lab: Lab): Promise<void> {
  await scriptOnHost(hostOf(lab, "superlink"), "systemctl disable --now --quiet flower-training\n");
  const { runs = [] } = (await flwr(lab, "ls lab")) as {
    runs?: { "run-id": string | number; status: string }[];
  };
  for (const { "run-id": id, status } of runs) {
    if (!status.startsWith("finished")) await stopRun(lab, String(id));
  }
}

/** Stops a run as its owner does; training goes on with another one. */
export async function stopRun(lab: Lab, runId: string): Promise<void> {
  await flwr(lab, `stop ${runId} lab`);
}
