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
