import type { Machine } from "./machines";

/** Ansible's role does not wait until the exporter answers; this is not part of what is timed. */
const PATIENCE_MS = 30_000;

/**
 * Waits until node_exporter answers on each host, with those of the collectors off that should be.
 * @throws naming the host
 */
export async function verify(
  machines: Machine[],
  collectors: string[],
  disabled: string[],
): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  await Promise.all(
    machines.map(async ({ name, address }) => {
      for (;;) {
        const metrics = await read(address);
        const wrong = faults(metrics, collectors, disabled);
        if (wrong === undefined) return;
        if (Date.now() > until) throw new Error(`${name} (${address}): ${wrong}`);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }),
  );
}

async function read(address: string): Promise<string> {
  const answer = fetch(`http://${address}:9100/metrics`, { signal: AbortSignal.timeout(5000) });
  return answer.then(
    (response) => response.text(),
    () => "",
  );
}

/** What is wrong with a scrape; undefined when nothing is. Pure. */
export function faults(
  metrics: string,
  collectors: string[],
  disabled: string[],
): string | undefined {
  if (!metrics.includes("\nnode_exporter_build_info{")) return "node_exporter does not answer";
  const strange = collectors.find(
    (name) =>
      metrics.includes(`collector_success{collector="${name}"}`) === disabled.includes(name),
  );
  return strange === undefined ? undefined : `collector ${strange} is not as it should be`;
}
