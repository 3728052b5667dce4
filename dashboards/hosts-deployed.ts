import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { COLOURS } from "./palette";
import { query, stat, steps, timeline, words } from "./panels";
import { hostQueries as q } from "./queries/hosts";
import { table } from "./table";
import type { Builder } from "./variables";

const DAY = 86_400;
const HOST = { label: "host", title: "Host" };
const FEDERATION = { label: "federation", title: "Federation" };
const ACTIVE = words({ 0: ["down", COLOURS.bad], 1: ["active", COLOURS.good] });

/** Whether machines are as the stack deployed them, by what they tell of themselves. */
export function deployedPanels({ thresholds }: DashboardContext): Builder<Panel>[] {
  return [
    table(
      {
        title: "Differences",
        description:
          "What differs from the release that was installed. An up with repair puts it right; docs/host-metrics.md explains the reasons.",
        empty: "Nothing differs",
      },
      [HOST, { label: "part", title: "Part" }, { label: "reason", title: "Reason" }],
      [
        {
          title: "Differs",
          expr: q.drift(),
          unit: "short",
          words: words({ 1: ["yes", COLOURS.warning] }),
        },
      ],
      [FEDERATION],
    ).span(12),
    timeline({
      title: "Parts",
      description:
        "Whether the unit of each installed part is active. Down: journalctl of that unit on the host.",
      unit: "short",
      empty: "No host tells of its parts",
    })
      .height(9)
      .mappings(ACTIVE)
      .thresholds(steps([null, COLOURS.bad], [1, COLOURS.good]))
      .withTarget(query(q.parts(), "{{host}} {{part}}")),
    table(
      {
        title: "Certificates",
        description:
          "Time until the certificates expire that hosts watch, the first first. Renew before: SuperNodes cannot connect with an expired one.",
        empty: "No certificate is watched: flower.certificates",
      },
      [HOST, { label: "path", title: "File" }],
      [
        {
          title: "Expires in",
          expr: q.certificates(),
          unit: "s",
          thresholds: steps(
            [null, COLOURS.bad],
            [thresholds.certificateSoonDays * DAY, COLOURS.warning],
            [thresholds.certificateDays * DAY, COLOURS.good],
          ),
        },
      ],
      [FEDERATION],
      { by: "Expires in", descending: false },
    ).span(12),
    table(
      {
        title: "What hosts cannot tell",
        description: "Facts that a host should tell and cannot, and why.",
        empty: "Hosts tell all",
      },
      [HOST, { label: "fact", title: "Fact" }, { label: "reason", title: "Reason" }],
      [
        {
          title: "Missing",
          expr: q.factsMissing(),
          unit: "short",
          words: words({ 1: ["yes", COLOURS.warning] }),
        },
      ],
      [FEDERATION],
    ).span(12),
    table(
      {
        title: "Releases",
        description:
          "The bundle that each host runs. Two hashes during an up are normal, after it they are drift.",
        empty: "No host tells its release",
      },
      [HOST, { label: "version", title: "Version" }, { label: "hash", title: "Bundle" }],
      [
        {
          title: "Installed",
          expr: q.bundle(),
          unit: "short",
          words: words({ 1: ["yes", COLOURS.good] }),
        },
      ],
      [FEDERATION],
    ).span(12),
    stat({
      title: "Oldest facts",
      description:
        "Age of what hosts tell of themselves, by their own clocks; it is written every 30 s. Above the threshold factsAgeSeconds: flower-monitoring-facts.timer on that host.",
      unit: "s",
      empty: "No host tells of itself",
    })
      .height(9)
      .span(12)
      .thresholds(steps([null, COLOURS.good], [thresholds.factsAgeSeconds, COLOURS.warning]))
      .withTarget(query(q.factsAge(), "{{host}}")),
  ];
}
