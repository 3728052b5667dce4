/** Targets of the stories: what Prometheus scrapes on the hosts of test/rules/alert-case.ts. */
import { series } from "../alert-case";

export type Labels = Record<string, string>;

const SUPERNODE = {
  federation: "demo",
  host: "supernode-1",
  role: "supernode",
  site: "hospital-1",
};
const SUPERLINK = { federation: "demo", host: "superlink", role: "superlink" };

/** Labels of the host itself, where an alert is about no exporter of it. */
export const supernodeHost: Labels = SUPERNODE;
export const superlinkHost: Labels = SUPERLINK;

export const node: Labels = { ...SUPERNODE, instance: "172.31.77.21:9100", job: "node" };
export const dcgm: Labels = { ...SUPERNODE, instance: "172.31.77.21:9400", job: "dcgm" };
export const cadvisor: Labels = { ...SUPERNODE, instance: "172.31.77.21:9102", job: "cadvisor" };
export const superlinkNode: Labels = { ...SUPERLINK, instance: "172.31.77.11:9100", job: "node" };
export const flower: Labels = { ...SUPERLINK, instance: "172.31.77.11:9101", job: "flower" };

/** Series of one target, by name and their own labels. */
export function of(target: Labels): (name: string, labels?: Labels) => string {
  return (name, labels = {}) => series(name, { ...target, ...labels });
}

/** SuperNode supernode-1, as the Flower exporter knows it. */
export const itsNode: Labels = { node_id: "11", name: "supernode-1" };
