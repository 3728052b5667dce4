import type { Registration } from "./mocks";

/** The one resource with this name. */
export function byName(run: { registrations: Registration[] }, name: string): Registration {
  const found = run.registrations.filter((registration) => registration.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${found.length} resources have the name ${name}`);
  }
  return only;
}

/** Names of the resources that are new or have other inputs in the second run, sorted. */
export function changedBetween(
  before: { registrations: Registration[] },
  after: { registrations: Registration[] },
): string[] {
  // The home directory is temporary.
  const inputs = (run: { registrations: Registration[] }): Map<string, string> =>
    new Map(
      run.registrations.map(({ name, inputs }) => [
        name,
        JSON.stringify(inputs).replaceAll(/flower-monitoring-program-\w{6}/g, "home"),
      ]),
    );
  const old = inputs(before);
  const changed = [...inputs(after)].filter(([name, text]) => old.get(name) !== text);
  return changed.map(([name]) => name).sort();
}
