import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { ConfigError, type CoreConfig } from "./config/schema";
import { Faults } from "./config/faults";
import { byName, type Fleet } from "./fleet";
import { SCRAPE_JOBS, SIGNALS } from "./render/host-exporters";

/** What is read of the outputs of a stack with hosts. */
const outputs = z.object({
  scrapeTargets: z.partialRecord(
    z.enum(SCRAPE_JOBS),
    z.array(z.object({ targets: z.array(z.string()), labels: z.record(z.string(), z.string()) })),
  ),
  hosts: z.record(
    z.string(),
    z.object({
      role: z.enum(["superlink", "supernode"]),
      bundle: z.string(),
      signals: z.array(z.enum(SIGNALS)),
    }),
  ),
});

/**
 * The hosts of another stack, by its outputs. They are waited for before the first resource is
 * registered, and are no Outputs that resources are given: where one of those fails, the resource is
 * not registered, and what is not registered the engine deletes. So a fleet that is not there would
 * take Prometheus away.
 *
 * @throws pulumi.RunError when that stack has no hosts, or those of another federation
 */
export async function referredFleet({
  fleetStack,
  config,
}: {
  fleetStack: string;
  config: CoreConfig;
}): Promise<Fleet> {
  const name = fullName(fleetStack);
  if (name === fullName(pulumi.getStack())) {
    refuse("fleetStack", "this stack itself", "another stack, with scope: fleet", "name that one");
  }
  const reference = new pulumi.StackReference("fleetStack", { name });
  const found = outputs.safeParse(await valueOf(reference.outputs));
  if (!found.success || Object.keys(found.data.hosts).length === 0) {
    refuse(
      "fleetStack",
      `the stack ${name}, which has no hosts`,
      "a stack with scope: fleet that is deployed",
      `correct the name, or deploy the hosts first: pulumi up --stack ${name}`,
    );
  }
  const { scrapeTargets, hosts } = found.data;
  const fleet: Fleet = {
    targets: SCRAPE_JOBS.flatMap((job) =>
      (scrapeTargets[job] ?? []).map((target) => ({ job, ...target })),
    ),
    hosts: byName(
      Object.entries(hosts).map(([host, { role, bundle, signals }]) => ({
        name: host,
        role,
        bundleHash: bundle,
        signals,
      })),
    ),
    // As an Output it stays a secret where it is one there.
    reports: reference.getOutput("hosts") as Fleet["reports"],
  };
  compare(fleet, name, config);
  return fleet;
}

/** A name alone is that of a stack of this project, in the same organization. */
function fullName(stack: string): string {
  if (stack.includes("/")) return stack;
  return `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
}

/** What both stacks say has to be the same. */
function compare({ targets }: Fleet, name: string, { federation, alerting }: CoreConfig): void {
  const other = targets.map(({ labels }) => labels["federation"]).find((of) => of !== federation);
  if (other !== undefined) {
    refuse(
      "federation",
      JSON.stringify(federation),
      `${JSON.stringify(other)}, as in the stack ${name}`,
      "write the same name in both stacks",
    );
  }
  const sites = new Set(targets.map(({ labels }) => labels["site"]));
  for (const site of Object.keys(alerting.sites).filter((known) => !sites.has(known))) {
    // Not a fault: a host that is lost has a site too.
    void pulumi.log.warn(`alerting.sites: no host of the stack ${name} has the site ${site}`);
  }
}

/** Undefined where the stack cannot be read: the engine has told why. */
function valueOf<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    pulumi.recover(output, () => undefined).apply((value) => resolve(value));
  });
}

function refuse(key: string, got: string, allowed: string, fix: string): never {
  const faults = new Faults();
  faults.text([key], got, allowed, fix);
  throw new pulumi.RunError(new ConfigError(faults.list).message);
}
