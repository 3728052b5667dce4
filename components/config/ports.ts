/** Ports, with those that are not the stack's to choose first. docs/ports.md is made from them. */

/** node_exporter, on every host. */
export const NODE_EXPORTER_PORT = 9100;

/** The DCGM exporter, on SuperNodes with GPUs. */
export const DCGM_EXPORTER_PORT = 9400;

/** cAdvisor, where containers run Flower. Not its usual 8080, which is every other program's too. */
export const CADVISOR_PORT = 9102;

/** The SuperLink, where nothing says otherwise. */
export const SUPERLINK_PORT = 8000;

/** Flower's own: the SuperLink today, and the gRPC APIs and the SuperNode of all supported versions. */
export const FLOWER_PORTS = [SUPERLINK_PORT, 9091, 9092, 9093, 9094];

/** Published on the monitoring VM, unless the stack says otherwise. */
export const MONITORING_PORTS = { prometheus: 9090, alertmanager: 9093, grafana: 3000 } as const;
