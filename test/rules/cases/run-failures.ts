/** Runs that failed. */
import type { AlertCases, Fired } from "../alert-case";
import { ofRun, RUN, told } from "./flower-kit";

/** Prometheus puts Flower's own label `federation` aside, since the target has one. */
const info = ofRun("run_info", {
  exported_federation: "@none/default",
  app: "lab/train",
  strategy: "FedAvg",
});
const unnamed = ofRun("run_info", { exported_federation: "@none/default", strategy: "" });
const failed = (cause: string): string => ofRun("run_failed", { cause });

const lost: Fired = told({
  alert: "ServerAppLost",
  severity: "critical",
  labels: { run_id: RUN, cause: "serverapp_lost", app: "lab/train" },
  summary: `The ServerApp of run ${RUN} of lab/train is lost`,
  description:
    `Run ${RUN} of lab/train failed since its ServerApp sent no heartbeats any more (serverapp_lost). What it had ` +
    "trained since its last checkpoint is lost. Likely: the process was killed (memory), or the SuperLink or its " +
    "host was started again.",
  dashboard: "run-explorer",
});

export const serverAppLost: AlertCases = {
  fires: [
    {
      name: "its process was killed; the exporter tells of it for a quarter of an hour",
      interval: "30s",
      series: { [info]: "1x40 stale", [failed("serverapp_lost")]: "_x10 1x30 stale" },
      expect: { "5m": [], "5m30s": [lost], "20m": [lost], "23m": [] },
    },
    {
      name: "the exporter is started again while it fires",
      interval: "30s",
      series: { [info]: "1x19 _x2 1x20", [failed("serverapp_lost")]: "1x19 _x2 1x20" },
      expect: { "9m": [lost], "10m": [lost], "10m30s": [lost], "12m": [lost] },
    },
  ],
  silent: [
    {
      name: "the app raised an exception: RunFailed tells that",
      interval: "30s",
      series: { [info]: "1x40", [failed("exception")]: "1x40" },
      expect: { "2m": [], "10m": [] },
    },
    {
      name: "somebody stopped the run",
      interval: "30s",
      series: { [info]: "1x40", [ofRun("training_status")]: "1x10 0x30" },
      expect: { "10m": [] },
    },
  ],
};

const ended = (cause: string, app: string): Fired => {
  const which = app === "" ? RUN : `${RUN} of ${app}`;
  return told({
    alert: "RunFailed",
    labels: { run_id: RUN, cause, app },
    summary: `Run ${which} failed`,
    description:
      `Run ${which} has ended as failed (${cause}). Likely: an exception in the ServerApp, or what the app depends ` +
      "on could not be installed. Its log has the reason.",
    dashboard: "run-explorer",
  });
};

export const runFailed: AlertCases = {
  fires: [
    {
      name: "the ServerApp raises",
      interval: "30s",
      series: { [info]: "1x40 stale", [failed("exception")]: "_x10 1x30 stale" },
      expect: {
        "5m": [],
        "5m30s": [ended("exception", "lab/train")],
        "20m": [ended("exception", "lab/train")],
        "23m": [],
      },
    },
    {
      name: "for another reason, and of an app without a name",
      interval: "30s",
      series: { [unnamed]: "1x40", [failed("other")]: "1x40" },
      expect: { "1m": [ended("other", "")] },
    },
  ],
  silent: [
    {
      name: "the ServerApp is lost: ServerAppLost tells that",
      interval: "30s",
      series: { [info]: "1x40", [failed("serverapp_lost")]: "1x40" },
      expect: { "2m": [], "10m": [] },
    },
    {
      name: "it completes, with failures of clients",
      interval: "30s",
      series: {
        [info]: "1x40",
        [ofRun("training_status")]: "1x10 2x30",
        [ofRun("run_clients_failed_total", { cause: "exception" })]: "3x40",
      },
      expect: { "10m": [] },
    },
  ],
};
