/** What is recorded of the promises of an API, beside those of Flower. */
import { series, type RecordCase } from "../alert-case";

type Series = Record<string, string>;

const api = (instance: string): Series => ({
  ...{ federation: "demo", host: "10.0.0.20", instance, job: "api", role: "platform" },
});
const up = (instance: string, text: string): Series => ({ [series("up", api(instance))]: text });
const of = (slo: string): Series => ({ federation: "demo", slo });

/** A histogram of requests, a value each minute: all of them, and those within a tenth and half a second. */
function requests(all: string, half: string, tenth: string): Series {
  const labels = { ...api("10.0.0.20:8001"), handler: "/jobs", method: "GET" };
  const bucket = (le: string): string =>
    series("http_request_duration_seconds_bucket", { ...labels, le });
  return {
    [series("http_request_duration_seconds_count", labels)]: all,
    [bucket("+Inf")]: all,
    [bucket("1.0")]: all,
    [bucket("0.5")]: half,
    [bucket("0.1")]: tenth,
    // Another job's metric of the same name.
    [series("http_request_duration_seconds_count", { ...labels, job: "flower" })]: all,
  };
}

export const sloApiSlices: RecordCase[] = [
  {
    name: "one of the API's two targets is enough",
    interval: "1m",
    series: {
      ...up("10.0.0.20:8001", "1x3 0x6"),
      ...up("10.0.0.20:8002", "1x6 0x3"),
    },
    expect: {
      "2m": [{ labels: of("api_availability"), value: 1 }],
      "5m": [{ labels: of("api_availability"), value: 1 }],
      "8m": [{ labels: of("api_availability"), value: 0 }],
    },
  },
  {
    name: "all requests are fast",
    interval: "1m",
    series: requests("0+60x20", "0+60x20", "0+60x20"),
    expect: { "15m": [{ labels: of("api_latency"), value: 1 }] },
  },
  {
    // A tenth of them takes up to half a second: the quantile is at 0.3 s.
    name: "one of ten requests is slow",
    interval: "1m",
    series: requests("0+60x20", "0+60x20", "0+54x20"),
    expect: { "15m": [{ labels: of("api_latency"), value: 0 }] },
  },
  {
    name: "of three slow requests in five minutes no quantile is told",
    interval: "1m",
    series: requests("0x10 3x10", "0x20", "0x20"),
    expect: { "5m": [], "12m": [], "20m": [] },
  },
];
