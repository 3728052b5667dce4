import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "./context";
import { dashboard, row } from "./common";
import { COLOURS } from "./palette";
import { bars, query, steps, timeline, timeseries, words } from "./panels";
import { stackQueries as q } from "./queries/stack";

const NO_TARGET = "Prometheus has no target";
const ANSWERS = words({ 0: ["no answer", COLOURS.bad], 1: ["answers", COLOURS.good] });

/** The monitoring itself. */
export function stackDashboard(_context: DashboardContext): Dashboard {
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
        .span(24)
        .mappings(ANSWERS)
        .thresholds(steps([null, COLOURS.bad], [1, COLOURS.good]))
        .withTarget(query(q.services(), "{{job}}")),
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
        .thresholds(steps([null, COLOURS.bad], [1, COLOURS.good]))
        .withTarget(query(q.up(), "{{job}}")),
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
        description: "Of each job. Near the scrape timeout (10 s) targets begin to miss.",
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
