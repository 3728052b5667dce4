/** A real Alertmanager with the configuration that the program pushes, asked what it holds back. */
import { afterAll, beforeAll } from "vitest";
import { eventually } from "../../lab/observe";
import { QUIET, startAlertmanager, type AlertmanagerServer } from "../../lab/servers/alertmanager";

/** Labels of an alert. */
export type Alerting = Record<string, string>;

/** An alert about supernode-1, unless it is told otherwise. */
export const warning = (alertname: string, more: Alerting = {}): Alerting => ({
  ...{ alertname, severity: "warning", host: "supernode-1", ...more },
});
export const critical = (alertname: string, more: Alerting = {}): Alerting =>
  warning(alertname, { severity: "critical", ...more });

export const targetDown = (host: string, job = "node"): Alerting =>
  warning("TargetDown", { job, host });

/** A pair of which the second is held back once Alertmanager has taken in everything before it. */
const CONTROL = [
  { alertname: "Control", severity: "critical", host: "control" },
  { alertname: "Held", severity: "warning", host: "control" },
];

/**
 * Starts an Alertmanager for a file of tests. What is given back sends the alerts of a federation, another
 * for each test, and tells which of them are held back, as name and host.
 */
export function heldBack(): (federation: string, alerts: Alerting[]) => Promise<string[]> {
  let server: AlertmanagerServer;
  beforeAll(async () => {
    server = await startAlertmanager(QUIET);
  });
  afterAll(() => server.stop());
  return async (federation, alerts) => {
    const labelled = [...alerts, ...CONTROL].map((labels) => ({
      labels: { ...labels, federation },
    }));
    await server.post(labelled);
    const held = await eventually(
      "the control is held back",
      15,
      async () => {
        const got = await server.alerts(`federation="${federation}"`);
        const mute = got.filter(({ status }) => status.inhibitedBy.length > 0);
        const names = mute.map(({ labels }) => `${labels["alertname"]} ${labels["host"] ?? "-"}`);
        return { all: got.length, names };
      },
      ({ all, names }) => names.includes("Held control") && all === labelled.length,
    );
    return held.names.filter((name) => name !== "Held control").sort();
  };
}
