/** Alerts on scrapes as such. */
import { series, told, type AlertCases, type Fired } from "../alert-case";

const target = (n: number): Record<string, string> => ({
  federation: "demo",
  host: `supernode-${n}`,
  instance: `172.31.77.${20 + n}:9100`,
  job: "node",
  role: "supernode",
});

/** `up` of some targets that go and come, and of others that stay. */
function fleet(going: number, text: string, staying: number): Record<string, string> {
  const all = Array.from({ length: going + staying }, (_, i) => series("up", target(i)));
  return Object.fromEntries(all.map((one, i) => [one, i < going ? text : "1x60"]));
}

function lost(share: string): Fired {
  return told(
    "ManyTargetsDown",
    { federation: "demo" },
    {
      summary: `${share} of all targets cannot be scraped`,
      description:
        `${share} of what Prometheus scrapes does not answer, all at once: most of the federation is ` +
        "unwatched. Likely: the network between the monitoring VM and the hosts is cut (firewall, VPN, " +
        "DNS), or the hosts were stopped together.",
    },
  );
}

export const manyTargetsDown: AlertCases = {
  fires: [
    {
      name: "half of twelve hosts are gone at once, until they are back",
      interval: "30s",
      series: fleet(6, "1 0x11 1x20", 6),
      expect: { "2m": [], "2m30s": [lost("50%")], "6m": [lost("50%")], "6m30s": [] },
    },
    {
      name: "every target is gone",
      interval: "30s",
      series: fleet(5, "0x20", 0),
      expect: { "1m30s": [], "2m": [lost("100%")] },
    },
  ],
  silent: [
    { name: "every target answers", series: fleet(0, "", 12), expect: { "2m": [], "5m": [] } },
    {
      name: "four of eight: each is told by itself",
      interval: "30s",
      series: fleet(4, "0x20", 4),
      expect: { "2m": [], "5m": [] },
    },
    {
      name: "six of twenty have trouble of their own",
      interval: "30s",
      series: fleet(6, "0x20", 14),
      expect: { "2m": [], "5m": [] },
    },
    {
      name: "an up restarts the exporters of all hosts",
      interval: "30s",
      series: fleet(12, "1 0x2 1x20", 0),
      expect: { "1m30s": [], "2m": [], "5m": [] },
    },
  ],
};

const busy = target(1);
const took = (text: string): Record<string, string> => ({
  [series("scrape_duration_seconds", busy)]: text,
});
const up = (text: string): Record<string, string> => ({ [series("up", busy)]: text });

function slow(duration: string): Fired {
  return told("ScrapeSlow", busy, {
    summary: `node on supernode-1 takes ${duration} to answer`,
    description:
      `A scrape of 172.31.77.21:9100 (job node, host supernode-1) takes ${duration} on average, of 10 s ` +
      "that it may: soon samples are missing. Likely: the host is overloaded, the exporter has to tell of " +
      "too much, or the network is slow.",
  });
}

export const scrapeSlow: AlertCases = {
  fires: [
    {
      name: "a host takes six seconds for each answer, until it is less busy",
      interval: "30s",
      series: { ...took("6x40 0.2x40"), ...up("1x80") },
      expect: { "9m30s": [], "10m": [slow("6s")], "20m": [slow("6s")], "23m": [] },
    },
    {
      name: "every second scrape takes too long and fails",
      interval: "30s",
      series: { ...took("4 10 4 10 4 10 4 10 ".repeat(6)), ...up("1 0 ".repeat(24)) },
      expect: { "9m30s": [], "11m": [slow("7s")] },
    },
  ],
  silent: [
    {
      name: "answers come in a third of a second",
      interval: "30s",
      series: { ...took("0.3x60"), ...up("1x60") },
      expect: { "10m": [], "25m": [] },
    },
    {
      name: "a host is busy for five minutes",
      interval: "30s",
      series: { ...took("0.3x10 9x10 0.3x60"), ...up("1x80") },
      expect: { "10m": [], "12m": [], "20m": [] },
    },
    {
      name: "a target that never answers runs into the end of its time: TargetDown tells that",
      interval: "30s",
      series: { ...took("10x60"), ...up("0x60") },
      expect: { "10m": [], "25m": [] },
    },
  ],
};
