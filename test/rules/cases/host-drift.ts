import { links, series, WANTED_HASH, type AlertCases, type Fired } from "../alert-case";

const node = {
  federation: "demo",
  host: "supernode-1",
  instance: "172.31.77.21:9100",
  job: "node",
  role: "supernode",
  site: "hospital-1",
};
const superlink = { ...node, host: "superlink", instance: "172.31.77.11:9100", role: "superlink" };

type Target = typeof node;
type Series = Record<string, string>;

/** A value each 5 s. */
const values = (count: number, at: (seconds: number) => number | string): string =>
  Array.from({ length: count }, (_, i) => at(i * 5)).join(" ");

const COUNT = 200;

const up = (target: Target, text = `1x${COUNT}`): Series => ({ [series("up", target)]: text });
const runs = (target: Target, hash: string, text = `1x${COUNT}`): Series => ({
  [series("flower_monitoring_bundle_info", { ...target, hash, version: "0.1.0" })]: text,
});
const differs = (target: Target, part: string, reason: string, text: string): Series => ({
  [series("flower_monitoring_host_drift", { ...target, part, reason })]: text,
});

/** Facts that are written every 30 s but for those moments, on a clock that is an hour ahead. */
function facts(target: Target, missed: (seconds: number) => boolean = () => false): Series {
  const written = (now: number): number => {
    let last = now - (now % 30);
    while (last > 0 && missed(last)) last -= 30;
    return last + 3600;
  };
  return {
    [series("node_time_seconds", target)]: `3600+5x${COUNT}`,
    [series("flower_monitoring_facts_timestamp_seconds", target)]: values(COUNT, written),
  };
}

const healthy = (target: Target): Series => ({
  ...up(target),
  ...runs(target, WANTED_HASH),
  ...facts(target),
});

function fired(target: Target, part: string, reason: string, hash = ""): Fired {
  const should = hash === "" ? "" : ` It should run bundle ${hash}.`;
  return {
    labels: { severity: "warning", ...target, part, reason, ...(hash === "" ? {} : { hash }) },
    annotations: {
      summary: `${part} on ${target.host} is not as deployed: ${reason}`,
      description:
        `Host ${target.host} differs from the stack in ${part}: ${reason}.${should} Likely: somebody ` +
        "changed or stopped it by hand, or the last up did not reach the host. An up with repair puts it right.",
      runbook_url: `${links.runbooks}#hostdrift`,
      dashboard: `${links.grafana}/d/flower-monitoring-hosts`,
    },
  };
}

const edited = fired(node, "node-exporter", "unit-edited");
const stopped = fired(superlink, "flower-exporter", "stopped");
const other = fired(node, "bundle", "other-bundle", WANTED_HASH);
const silent = fired(node, "facts", "silent", WANTED_HASH);

export const hostDrift: AlertCases = {
  fires: [
    {
      name: "a unit is edited by hand, and a service stopped on another host, until they are repaired",
      series: {
        ...healthy(node),
        ...healthy(superlink),
        ...differs(node, "node-exporter", "unit-edited", "_x12 1x23 stale"),
        ...differs(superlink, "flower-exporter", "stopped", "_x24 1x23 stale"),
      },
      expect: {
        "1m25s": [],
        "1m30s": [edited],
        "2m30s": [edited, stopped],
        "3m": [stopped],
        "4m": [],
      },
    },
    {
      name: "a unit that is edited, and so needs a reload, is told once; put back without one, that is told",
      series: {
        ...healthy(node),
        ...differs(node, "node-exporter", "unit-edited", "_x12 1x23 stale"),
        ...differs(node, "node-exporter", "reload-needed", "_x12 1x47 stale"),
        ...differs(node, "flower-exporter", "reload-needed", "_x12 1x11 stale"),
      },
      expect: {
        "1m30s": [edited, fired(node, "flower-exporter", "reload-needed")],
        "2m30s": [edited],
        "3m25s": [],
        "3m30s": [fired(node, "node-exporter", "reload-needed")],
        "5m": [],
      },
    },
    {
      name: "a host still runs another bundle ten minutes after an up, until the next one reaches it",
      series: {
        ...up(node),
        ...facts(node),
        ...runs(node, "0ld0ld0ld0ld", "1x143 stale"),
        ...runs(node, WANTED_HASH, "_x144 1x55"),
        ...healthy(superlink),
      },
      expect: { "10m25s": [], "10m30s": [other], "11m55s": [other], "12m5s": [] },
    },
    {
      name: "a host is scraped and has never reported a bundle",
      series: { ...up(node), ...healthy(superlink) },
      expect: { "10m25s": [], "10m30s": [other] },
    },
    {
      name: "a host was given another bundle by hand, long after the up: at once",
      series: {
        ...up(node),
        ...facts(node),
        ...runs(node, WANTED_HASH, "1x143 stale"),
        ...runs(node, "0ther0ther00", "_x144 1x55"),
      },
      expect: { "12m25s": [], "12m30s": [other] },
    },
    {
      name: "the timer of the facts was stopped, until it is started again",
      series: {
        ...up(node),
        ...runs(node, WANTED_HASH),
        ...facts(node, (seconds) => seconds > 60 && seconds < 300),
      },
      // Last written at 60 s, too old from 105 s on.
      expect: { "2m10s": [], "2m20s": [silent], "4m55s": [silent], "5m": [] },
    },
    {
      name: "a host runs the bundle and has no facts at all",
      series: { ...up(node), ...runs(node, WANTED_HASH) },
      expect: { "25s": [], "30s": [silent] },
    },
  ],
  silent: [
    {
      name: "every host runs its bundle and tells its facts",
      series: { ...healthy(node), ...healthy(superlink) },
      expect: { "1m": [], "10m30s": [], "15m": [] },
    },
    {
      // The rule knows the new bundle before the hosts do, and each waits for its turn.
      name: "an up is at work, and reaches the host after eight minutes",
      series: {
        ...up(node),
        ...facts(node),
        ...runs(node, "0ld0ld0ld0ld", "1x95 stale"),
        ...runs(node, WANTED_HASH, "_x96 1x103"),
      },
      expect: { "1m": [], "8m": [], "10m30s": [], "15m": [] },
    },
    {
      // An installer that is killed and run again.
      name: "a part differs for less than half a minute",
      series: {
        ...healthy(node),
        ...differs(node, "node-exporter", "stopped", "_x12 1x5 stale"),
      },
      expect: { "1m25s": [], "1m30s": [], "5m": [] },
    },
    {
      // On a host that trains, the timer's turn may come late.
      name: "facts miss one run",
      series: {
        ...up(node),
        ...runs(node, WANTED_HASH),
        ...facts(node, (seconds) => seconds === 90),
      },
      expect: { "1m50s": [], "1m55s": [], "2m": [], "5m": [] },
    },
    {
      // TargetDown tells that; what the host is like is not known.
      name: "a host that differs is down",
      series: {
        ...up(node, "1x11 0x188"),
        ...differs(node, "node-exporter", "stopped", "_x8 1x3 stale"),
        ...runs(node, WANTED_HASH, "1x11 stale"),
      },
      expect: { "1m25s": [], "5m": [], "12m": [] },
    },
    {
      name: "a host that is not of the stack differs in everything",
      series: { ...up({ ...node, host: "another" }), ...healthy(node) },
      expect: { "10m30s": [], "15m": [] },
    },
  ],
};
