import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DATASOURCE_UID, SOURCE } from "./source";
import { variableQueries } from "./queries/variables";

/** Variables that a dashboard may have; their names are part of links and of alerts. */
export const VARIABLES = ["federation", "site", "host", "run"] as const;
export type Variable = (typeof VARIABLES)[number];

export interface Builder<T> {
  build: () => T;
}

/** The data source of all panels. Hidden, since there is one; importing a dashboard elsewhere asks for it. */
export function datasourceVariable(): Builder<VariableModel> {
  return new DatasourceVariableBuilder("datasource")
    .label("Data source")
    .type("prometheus")
    .current({ text: "Flower monitoring Prometheus", value: DATASOURCE_UID })
    .hide(VariableHide.HideVariable);
}

function several(name: string, label: string, description: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(SOURCE)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: "All", value: "$__all" });
}

/** Newest run first; ids are of 19 digits and say nothing of age. */
function run(): QueryVariableBuilder {
  return new QueryVariableBuilder("run")
    .label("Run")
    .description("Id of a run, the newest first.")
    .datasource(SOURCE)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.Disabled)
    .query(variableQueries.run())
    .regex('/run_id="([^"]+)"/');
}

/** Each variable; `one` is for dashboards about one run. */
export function variable(name: Variable, one: boolean): Builder<VariableModel> {
  switch (name) {
    case "federation":
      return several(name, "Federation", "The stack's federation.")
        .query(variableQueries.federation())
        .allValue(".*");
    case "site":
      // Hosts without the label are in "All" only.
      return several(name, "Site", "Label site of a host in the stack.")
        .query(variableQueries.site())
        .allValue(".*");
    case "host":
      // Without an allValue "All" is the list of the chosen sites' hosts, and SuperNodes can be chosen by it.
      return several(
        name,
        "Host",
        "Hosts, and SuperNodes by the name that they are registered with.",
      )
        .query(variableQueries.host())
        .regex('/host="([^"]+)"/');
    case "run":
      // Not ".*": where there is no run at all, the exporter has a status with an empty run_id.
      return one
        ? run()
        : run()
            .multi(true)
            .includeAll(true)
            .allValue(".+")
            .current({ text: "All", value: "$__all" });
  }
}
