/** Inventories that lack something, and what is left of the rules then. */
import type { Signal } from "../../components/render/host-exporters";
import { everyAlert, prometheusOwn, type Inventory } from "../../rules";
import { inventory } from "../rules/alert-case";

/** The same stack with this signal taken from the hosts of a role. */
export function without(signal: Signal, ...roles: string[]): Inventory {
  const hosts = inventory.hosts.map((host) => ({
    ...host,
    signals: host.signals.filter((one) => one !== signal || !roles.includes(host.role)),
  }));
  return { ...inventory, hosts };
}

/** Alerts and records that it has. */
export function namesOf(of: Inventory): string[] {
  const alerts = everyAlert(of).flatMap((group) => group.alerts.map(({ alert }) => alert));
  const records = prometheusOwn(of).records.flatMap(({ rules }) => rules.map((one) => one.record));
  return [...alerts, ...records];
}
