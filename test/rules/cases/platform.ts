/** Alerts on what runs beside Flower: an API and MongoDB. */
import { series, told, type AlertCases, type Case, type Fired } from "../alert-case";

type Series = Record<string, string>;

const target = (job: string, instance: string): Series => ({
  ...{ federation: "demo", host: instance.replace(/:\d+$/, ""), instance, job, role: "platform" },
});
const api = target("api", "10.0.0.20:8001");
const mongodb = target("mongodb", "10.0.0.21:9216");

const story = (name: string, all: Series, expect: Record<string, Fired[]>): Case => ({
  name,
  interval: "30s",
  series: all,
  expect,
});

const up = (of: Series, text: string): Series => ({ [series("up", of)]: text });
const database = (text: string): Series => ({
  [series("mongodb_up", { ...mongodb, cluster_role: "mongod" })]: text,
});

const down = (of: Series): Fired =>
  told("ServiceDown", of, {
    summary: `${of["job"]} on ${of["host"]} is down`,
    description:
      `${of["instance"]} (job ${of["job"]}) does not answer, or the database behind it does not. What uses it ` +
      "fails. Likely: its process ended, it has no memory or connections left, or the network to it is cut.",
  });

export const serviceDown: AlertCases = {
  fires: [
    story(
      "the API is stopped, until it is started again",
      { ...up(api, "1x3 0x14 1x10"), ...up(mongodb, "1x40") },
      {
        "6m30s": [],
        "7m": [down(api)],
        "9m": [down(api)],
        "9m30s": [],
      },
    ),
    story(
      "the database is down behind an exporter that answers",
      { ...up(mongodb, "1x40"), ...database("1x3 0x20 1x10") },
      {
        "6m30s": [],
        "7m": [down(mongodb)],
        "12m30s": [],
      },
    ),
    story(
      "the exporter is down with its database: one alert",
      { ...up(mongodb, "0x20"), ...database("0 stale") },
      {
        "5m": [down(mongodb)],
      },
    ),
  ],
  silent: [
    story(
      "both answer",
      { ...up(api, "1x40"), ...up(mongodb, "1x40"), ...database("1x40") },
      {
        "5m": [],
        "15m": [],
      },
    ),
    story("a new version is started", up(api, "1x3 0x8 1x20"), {
      "4m": [],
      "6m30s": [],
      "10m": [],
    }),
    story(
      "an exporter of the federation is down: that is another alert",
      up({ ...api, job: "node" }, "0x40"),
      {
        "5m": [],
        "15m": [],
      },
    ),
  ],
};

/** Requests so far by status, of one path. */
function requests(counts: Series): Series {
  return Object.fromEntries(
    Object.entries(counts).map(([status, text]) => [
      series("http_requests_total", { ...api, handler: "/jobs", method: "GET", status }),
      text,
    ]),
  );
}

const failing = (share: string): Fired =>
  told(
    "HighErrorRate",
    { federation: "demo", job: "api" },
    {
      summary: `${share} of the API's requests fail`,
      description:
        `${share} of all requests to the API were answered with an error of its own (5xx) within 5m. Likely: its ` +
        "database or the SuperLink does not answer, or a new version is broken.",
    },
  );

export const highErrorRate: AlertCases = {
  fires: [
    story(
      "a tenth of all requests fails, until the database is back",
      requests({ "2xx": "0+9x80", "5xx": "0+1x40 40x40" }),
      { "5m": [], "10m": [failing("10%")], "20m": [failing("10%")], "25m": [] },
    ),
  ],
  silent: [
    story("every request is answered", requests({ "2xx": "0+10x60", "5xx": "0x60" }), {
      "10m": [],
      "25m": [],
    }),
    story("one of a hundred fails", requests({ "2xx": "0+99x60", "5xx": "0+1x60" }), {
      "10m": [],
      "25m": [],
    }),
    story(
      "what people ask for is not there",
      requests({ "2xx": "0+5x60", "4xx": "0+5x60", "5xx": "0x60" }),
      {
        "10m": [],
        "25m": [],
      },
    ),
    story(
      "at night a few requests come, and half of them fail",
      requests({ "2xx": "0 1 1 1 1 1x50", "5xx": "0 1 1 2 2 2x50" }),
      {
        "2m": [],
        "6m": [],
        "25m": [],
      },
    ),
    story(
      "the API restarts and counts anew",
      requests({ "2xx": "900x10 _x2 0+9x40", "5xx": "500x10 _x2 0x40" }),
      {
        "7m": [],
        "15m": [],
      },
    ),
  ],
};

/** A histogram of requests: all of them, and those within a tenth and half a second. */
function took(all: string, half: string, tenth: string): Series {
  const bucket = (le: string): string =>
    series("http_request_duration_seconds_bucket", { ...api, handler: "/jobs", le });
  return {
    [series("http_request_duration_seconds_count", { ...api, handler: "/jobs" })]: all,
    [bucket("+Inf")]: all,
    [bucket("1.0")]: all,
    [bucket("0.5")]: half,
    [bucket("0.1")]: tenth,
  };
}

const slow = (time: string): Fired =>
  told(
    "APILatencyHigh",
    { federation: "demo", job: "api" },
    {
      summary: `the API takes ${time} for one request of twenty`,
      description:
        `95 % of the API's requests are answered within ${time}, which is longer than 0.5 s. Likely: slow queries ` +
        "of its database, too few workers, or a host that is busy.",
    },
  );

export const apiLatencyHigh: AlertCases = {
  fires: [
    story(
      "a tenth of all requests takes up to a second, until an index is made",
      took("0+10x120", "0+9x60 540+10x60", "0+9x60 540+10x60"),
      { "10m": [], "12m": [slow("750ms")], "30m": [slow("750ms")], "36m": [] },
    ),
  ],
  silent: [
    story("all requests are fast", took("0+10x80", "0+10x80", "0+10x80"), { "12m": [], "35m": [] }),
    story("they take a while, and less than half a second", took("0+10x80", "0+10x80", "0x80"), {
      "12m": [],
      "35m": [],
    }),
    story("a few are slow at night", took("0x20 3x80", "0x100", "0x100"), { "12m": [], "22m": [] }),
    story("nobody asks for anything", took("90x80", "50x80", "40x80"), { "12m": [], "35m": [] }),
  ],
};

const connections = (current: string, available: string): Series => ({
  [series("mongodb_ss_connections", { ...mongodb, conn_type: "current" })]: current,
  [series("mongodb_ss_connections", { ...mongodb, conn_type: "available" })]: available,
  [series("mongodb_ss_connections", { ...mongodb, conn_type: "totalCreated" })]: "0+9x80",
});

const full = (share: string): Fired =>
  told("DatabaseConnectionsHigh", mongodb, {
    summary: `${share} of MongoDB's connections are in use`,
    description:
      `MongoDB behind 10.0.0.21:9216 has ${share} of its connections in use; when none is left, clients are ` +
      "refused. Likely: a client that opens connections and does not close them, more workers than before, or " +
      "slow queries that hold theirs.",
  });

export const databaseConnectionsHigh: AlertCases = {
  fires: [
    story("a client opens more and more", connections("700x40 100x20", "119x40 719x20"), {
      "9m30s": [],
      "10m": [full("85.47%")],
      "20m": [full("85.47%")],
      "20m30s": [],
    }),
  ],
  silent: [
    story("there is room", connections("12x60", "807x60"), { "10m": [], "25m": [] }),
    // "available" is what is left, not what there is: more than four fifths of that are in use here.
    story("half of them are in use", connections("400x60", "419x60"), { "10m": [], "25m": [] }),
    story(
      "many clients come at once and go again",
      connections("12x5 700x15 12x40", "807x5 119x15 807x40"),
      {
        "9m": [],
        "12m": [],
        "25m": [],
      },
    ),
  ],
};
