import { describe, expect, it } from "vitest";
import { exampleAlerting } from "../support/alerting-example";
import type { Case, Expected } from "./config-fixture";
import { expectFaults, junk, parse } from "./config-fixture";

const alerting = (changes: Record<string, unknown>): Case => ({
  edit: (raw) => Object.assign(raw.alerting!, junk(changes)),
});

const ALWAYS = [{ years: ["2020:2099"] }];

const wrong: [claim: string, changes: Record<string, unknown>, ...faults: Expected[]][] = [
  [
    "an unknown severity gets a suggestion",
    { routing: { critcal: ["ops"] } },
    ["alerting.routing.critcal", "critical, warning, info", "did you mean critical?"],
  ],
  [
    "a severity has a list of receivers that exist, each once",
    { routing: { critical: "ops", warning: [], info: ["ops", "opps", "ops", 7] } },
    ["alerting.routing.critical", 'got "ops"', "a list"],
    ["alerting.routing.warning", "an empty list"],
    ["alerting.routing.info[1]", 'got "opps"', "allowed: ops"],
    ["alerting.routing.info[2]", "each receiver once"],
    ["alerting.routing.info[3]", "got 7", "letters"],
  ],
  [
    "routing as a list is refused",
    { routing: ["ops"] },
    ["alerting.routing", "a map with the keys critical, warning, info"],
  ],
  [
    "a site that no host has is refused: nobody would be told",
    { sites: { "hospital-l": ["ops"] } },
    ["alerting.sites.hospital-l", "a site that no host has", "allowed: hospital-1"],
  ],
  [
    "a site's receivers exist",
    { sites: { "hospital-1": ["their-it"] } },
    ["alerting.sites.hospital-1[0]", 'got "their-it"', "allowed: ops"],
  ],
  [
    "a mute timing has a name, known severities and intervals",
    { muteTimings: { "at night": { severities: ["warn"], intervals: [] } } },
    ['alerting.muteTimings["at night"]', "letters, digits"],
    ['alerting.muteTimings["at night"].severities[0]', 'got "warn"', "critical or warning or info"],
  ],
  [
    "a mute timing without intervals is refused",
    { muteTimings: { nights: { intervals: [] }, days: {} } },
    ["alerting.muteTimings.nights.intervals", "an empty list"],
    ["alerting.muteTimings.days.intervals", "got nothing", "a list"],
  ],
  [
    "a mute timing that a route names has to exist",
    {
      muteTimings: { nights: { intervals: ALWAYS } },
      routes: [{ mute_time_intervals: ["night"], active_time_intervals: ["nights"] }],
    },
    ["alerting.routes[0].mute_time_intervals[0]", 'got "night"', "allowed: nights"],
  ],
  [
    "groups are made by labels, or there are none",
    { groupBy: ["alertname", "..."] },
    ["alerting.groupBy[1]", 'got "..."', "or ... alone"],
  ],
  ["groups as a text are refused", { groupBy: "site" }, ["alerting.groupBy", "a list"]],
];

describe("wrong routing", () => {
  it.each(wrong)("%s", (_claim, changes, ...faults) => expectFaults(alerting(changes), faults));

  it("where no host has a site, that is said", () => {
    const edit: Case["edit"] = (raw) => {
      Reflect.deleteProperty(raw.supernodes![0]!, "labels");
      raw.alerting!.sites = junk({ "hospital-1": ["ops"] });
    };
    expectFaults({ edit }, [["alerting.sites.hospital-1", "no host has the label site"]]);
  });
});

describe("right routing", () => {
  it("is that of the complete example", () => {
    expect(exampleAlerting()).toMatchObject({
      defaultReceiver: "hook",
      routing: { critical: ["pager", "mail", "chat"], warning: ["mail", "chat"] },
      sites: { "hospital-1": ["hospital-1"] },
      muteTimings: [{ name: "nights", severities: ["warning"] }],
      groupBy: ["alertname", "federation"],
    });
  });

  it("a mute timing may be there for routes alone", () => {
    const given = alerting({
      muteTimings: { nights: { intervals: ALWAYS } },
      routes: [{ receiver: "ops", mute_time_intervals: ["nights"] }],
    });
    expect(parse(given).alerting.muteTimings).toEqual([
      { name: "nights", severities: [], intervals: ALWAYS },
    ]);
  });

  it("each alert may be a message of its own", () => {
    expect(parse(alerting({ groupBy: ["..."] })).alerting.groupBy).toEqual(["..."]);
  });
});
