/** Selectors that keep to what is chosen in the dashboard's variables. */

const selector = (metric: string, matchers: string[]): string => `${metric}{${matchers.join(",")}}`;

const FEDERATION = 'federation=~"$federation"';
const HOST = [FEDERATION, 'site=~"$site"', 'host=~"$host"'];

/** A series of any job on the chosen hosts. */
export const anywhere = (metric: string, ...more: string[]): string =>
  selector(metric, [...HOST, ...more]);

/** A series of some exporter on the chosen hosts. */
export const onHosts = (metric: string, job: string, ...more: string[]): string =>
  selector(metric, [`job="${job}"`, ...HOST, ...more]);

/** Of node_exporter, and of what a host tells of itself. */
export const node = (metric: string, ...more: string[]): string => onHosts(metric, "node", ...more);

/** Of the DCGM exporter. */
export const gpu = (metric: string, ...more: string[]): string => onHosts(metric, "dcgm", ...more);

/** Of cAdvisor. */
export const container = (metric: string, ...more: string[]): string =>
  onHosts(metric, "cadvisor", ...more);

/** Of the Flower exporter, about a whole federation. Its host is the SuperLink's, whatever is chosen. */
export const flower = (metric: string, ...more: string[]): string =>
  selector(metric, [FEDERATION, ...more]);

/**
 * Of the Flower exporter, about single SuperNodes. By convention a SuperNode is registered with its
 * host's name. One without a name is shown with any host: nobody knows which is its own.
 */
export const superNode = (metric: string, ...more: string[]): string =>
  selector(metric, [FEDERATION, 'name=~"$host|"', ...more]);

/**
 * Adds the label `node`: the SuperNode's name, or its id where it has none. One of both is what people
 * read; together they fill a phone's screen.
 */
export const named = (expr: string): string =>
  `label_replace(label_replace(label_join(${expr}, "node", "/", "name", "node_id"), "node", "$1", "node", "([^/]+)/.*"), "node", "$1", "node", "/(.*)")`;

/** Of the Flower exporter, about single runs. */
export const run = (metric: string, ...more: string[]): string =>
  selector(metric, [FEDERATION, 'run_id=~"$run"', ...more]);

/** Of the services on the monitoring VM. */
export const service = (metric: string, job: string, ...more: string[]): string =>
  selector(metric, [`job="${job}"`, FEDERATION, ...more]);
