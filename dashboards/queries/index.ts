import { alertQueries } from "./alerts";
import { clientQueries } from "./clients";
import { containerQueries } from "./containers";
import { federationQueries } from "./federation";
import { gpuQueries } from "./gpu";
import { healthQueries } from "./health";
import { hostQueries } from "./hosts";
import { overviewQueries } from "./overview";
import { platformQueries } from "./platform";
import { runQueries } from "./runs";
import { sloQueries } from "./slos";
import { stackQueries } from "./stack";
import { stragglerQueries } from "./stragglers";
import { systemQueries } from "./system";

/** The PromQL of all panels by subject and name: panels, tests and reports use the same text. */
export const queries = {
  alerts: alertQueries,
  clients: clientQueries,
  containers: containerQueries,
  federation: federationQueries,
  gpu: gpuQueries,
  health: healthQueries,
  hosts: hostQueries,
  overview: overviewQueries,
  platform: platformQueries,
  runs: runQueries,
  slos: sloQueries,
  stack: stackQueries,
  stragglers: stragglerQueries,
  system: systemQueries,
};
