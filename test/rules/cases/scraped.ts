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

/** Two GPUs of supernode-1, as alerts on them are told. */
export const gpu0: Labels = {
  ...dcgm,
  ...{ UUID: "GPU-aaaa", gpu: "0", device: "nvidia0" },
  ...{ modelName: "NVIDIA H100", pci_bus_id: "00000000:01:00.0" },
};
export const gpu1: Labels = {
  ...gpu0,
  ...{ UUID: "GPU-bbbb", gpu: "1", device: "nvidia1", pci_bus_id: "00000000:02:00.0" },
};

/** Series of a GPU, with the labels that alerts leave out. */
export function onGpu(gpu: Labels): (name: string, labels?: Labels) => string {
  return of({ ...gpu, DCGM_FI_DRIVER_VERSION: "550.54.15", Hostname: "supernode-1" });
}
