import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { bars, lines, query, stat, steps, timeline, timeseries, words } from "./panels";
import { alertQueries } from "./queries/alerts";
import { stackQueries as q } from "./queries/stack";

const NO_TARGET = "Prometheus has no target";
const SILENT = "Prometheus does not answer itself";
const ANSWERS = words({ 0: ["no answer", COLOURS.bad], 1: ["answers", COLOURS.good] });
const TAKEN = words({ 0: ["refused", COLOURS.bad], 1: ["taken", COLOURS.good] });
const UP = steps([null, COLOURS.bad], [1, COLOURS.good]);
const GIB = 1024 ** 3;

/** The monitoring itself: who watches it looks here. */
export function stackDashboard({ thresholds }: DashboardContext): Dashboard {
  const missed = thresholds.ruleGroupMissedShare;
  return dashboard({
    slug: "stack",
    description:
      "Whether the monitoring works: Prometheus, Alertmanager, Grafana, and what is scraped.",
    variables: ["federation", "site", "host"],
    related: ["alerts", "system", "hosts"],
    from: "now-6h",
  })
    .withRow(row("Services"))
    .withPanel(
      timeline({
        title: "Services",
        description:
          "Whether Prometheus gets an answer from the services of the monitoring VM. No answer: docker logs of that container.",
        unit: "short",
        empty: NO_TARGET,
      })
        .mappings(ANSWERS)
        .thresholds(UP)
        .withTarget(query(q.services(), "{{job}}")),
    )
    .withPanel(
      timeline({
        title: "Configuration",
        description:
          "Whether the last configuration was taken. Refused: it works on with the one before, and ends at a restart. Run up again, its words say what is wrong.",
        unit: "short",
        empty: NO_TARGET,
      })
        .mappings(TAKEN)
        .thresholds(UP)
        .withTarget(query(q.configured(), "{{job}}")),
    )
    .withPanel(
      stat({
        title: "Runs for",
        description:
          "Time since each service started. Young again and again: out of the memory that its container may have, see beside.",
        unit: "s",
        empty: NO_TARGET,
      })
        .height(9)
        .span(8)
        .thresholds(steps([null, COLOURS.warning], [600, COLOURS.good]))
        .withTarget(query(q.restarted(), "{{job}}")),
    )
    .withPanel(
      timeseries({
        title: "Memory",
        description: "Memory that each service has. Prometheus' grows with the number of series.",
        unit: "bytes",
        empty: NO_TARGET,
      })
        .span(8)
        .withTarget(query(q.memory(), "{{job}}")),
    )
    .withPanel(
      timeseries({
        title: "CPU",
        description: "Cores that each service keeps busy.",
        unit: "short",
        empty: NO_TARGET,
      })
        .span(8)
        .withTarget(query(q.cpu(), "{{job}}")),
    )
    .withPanel(
      timeseries({
        title: "Alertmanagers",
        description: "Alertmanagers that Prometheus knows. 0: nobody is told of anything.",
        unit: "short",
        empty: SILENT,
      }).withTarget(query(q.alertmanagers(), "{{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Not told",
        description:
          "Notifications that were given up in each interval, after all tries. The receiver's service is down, or refuses the credentials.",
        unit: "short",
        empty: "Alertmanager does not answer",
      }).withTarget(query(alertQueries.notTold(), "{{receiver_name}} ({{integration}})")),
    )
    .withRow(row("Prometheus"))
    .withPanel(
      timeseries({
        title: "Series",
        description:
          "Series in memory. It jumps: a label with too many values; the panel Samples of a scrape says from which job.",
        unit: "short",
        empty: SILENT,
      }).withTarget(query(q.series(), "{{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Samples a second",
        description: "Samples that are stored. It falls: targets do not answer.",
        unit: "cps",
        empty: SILENT,
      }).withTarget(query(q.ingested(), "{{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Storage",
        description:
          "Space of all samples. Above the line an alert fires: shorten retention, or give it a larger disk (docs/thresholds.md).",
        unit: "bytes",
        empty: SILENT,
      })
        .thresholds(
          steps([null, COLOURS.good], [thresholds.prometheusStorageGib * GIB, COLOURS.warning]),
        )
        .thresholdsStyle(lines())
        .withTarget(query(q.storage(), "{{federation}}")),
    )
    .withPanel(
      timeseries({
        title: "Time of rules",
        description:
          "Of its interval, how much each group of rules needs. Above 1 evaluations are left out and alerts come late.",
        unit: "percentunit",
        empty: SILENT,
      }).withTarget(query(q.rules(), "{{group}}")),
    )
    .withPanel(
      timeseries({
        title: "Faults",
        description: `What failed in each interval, by what it is. All stay at 0. Rule groups are told from ${100 * missed} % of missed evaluations on.`,
        unit: "short",
        empty: SILENT,
      })
        .span(24)
        .withTarget(query(q.faults(), "{{what}}")),
    )
    .withRow(row("Scrapes"))
    .withPanel(
      timeline({
        title: "Jobs",
        description:
          "answers while every target of the job does. The Federation dashboard has them host by host.",
        unit: "short",
        empty: NO_TARGET,
      })
        .height(9)
        .mappings(ANSWERS)
        .thresholds(UP)
        .withTarget(query(q.jobs(), "{{job}}")),
    )
    .withPanel(
      bars({
        title: "Targets",
        description:
          "Targets of each job. Fewer than hosts: the stack's file_sd, or a host that is lost.",
        unit: "short",
        empty: NO_TARGET,
      })
        .height(9)
        .thresholds(steps([null, COLOURS.good]))
        .withTarget(query(q.targets(), "{{job}}").instant()),
    )
    .withPanel(
      timeseries({
        title: "Slowest scrape",
        description:
          "Of each job. Near the scrape timeout (10 s, or the scrape interval) targets begin to miss.",
        unit: "s",
        empty: NO_TARGET,
      }).withTarget(query(q.scrape(), "{{job}}")),
    )
    .withPanel(
      timeseries({
        title: "Samples of a scrape",
        description:
          "What all targets of a job give at one scrape. It jumps: a label with too many values.",
        unit: "short",
        empty: NO_TARGET,
      }).withTarget(query(q.samples(), "{{job}}")),
    )
    .build();
}
