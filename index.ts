import { loadConfig } from "./components/config";
import { core } from "./components/core";
import { fleet } from "./components/fleet";
import { referredFleet } from "./components/fleet-reference";
import { scrapeTargetFiles, type StackOutputs } from "./components/outputs";

/** The whole stack. A function, since with scope core it waits for what another stack says. */
export = async (): Promise<StackOutputs> => {
  const stack = loadConfig();

  // Exporters on the SuperLink's and the SuperNodes' hosts.
  const hosts = stack.scope === "core" ? await referredFleet(stack) : fleet(stack);

  // Prometheus, Alertmanager and Grafana on the monitoring VM, dashboards and alert rules.
  const vm = stack.scope === "fleet" ? undefined : core(stack, hosts);

  return {
    scrapeTargets: scrapeTargetFiles(hosts.targets),
    hosts: hosts.reports,
    ...(vm === undefined ? {} : { urls: vm.urls }),
  };
};
