/** Facts of a host as node_exporter serves them, or fresh from the script. */
import type { TestHost } from "./host-installer.kit";

/** Where the script writes for node_exporter. */
export const FACTS = "/var/lib/flower-monitoring/textfile/facts.prom";

/** Lines of the text format that are ours, without their comments. */
export function ours(text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith("flower_monitoring_"));
}

/** Runs the script now, as the timer would, and gives what node_exporter then serves. */
export async function facts(host: TestHost): Promise<string[]> {
  await host.sh("systemctl start flower-monitoring-facts.service");
  return ours(await host.metrics(9100));
}

/** What differs, as `part reason`. */
export function drift(lines: string[]): string[] {
  return lines.flatMap((line) => {
    const found = /^flower_monitoring_host_drift\{part="(.*)",reason="(.*)"\} 1$/.exec(line);
    return found === null ? [] : [`${found[1]} ${found[2]}`];
  });
}

/** Samples of one metric, as labels and value; node_exporter writes large numbers as 1.8e+09. */
export function metric(lines: string[], name: string): string[] {
  const start = `flower_monitoring_${name}`;
  return lines
    .filter((line) => line.startsWith(`${start}{`) || line.startsWith(`${start} `))
    .map((line) =>
      line
        .slice(start.length)
        .replace(/ \S+$/, (value) => ` ${Number(value)}`)
        .trim(),
    );
}

/** The number of a metric that has one. */
export function number(text: string, name: string): number {
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  if (line === undefined) throw new Error(`no ${name}`);
  return Number(line.slice(name.length));
}
