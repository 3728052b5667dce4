/** Which host a SuperNode is on: the one that has its name in the stack. */

/**
 * Series of the Flower exporter about SuperNodes, with the SuperNode's own host as `host` instead of the
 * exporter's. One without a registered key has no name, so it has no host and matches none.
 */
export function onItsHost(expr: string): string {
  return `label_replace(${expr}, "host", "$1", "name", "(.*)")`;
}

/** One series for each host, and each SuperNode that is on none, with the label `site` where it has one. */
export const SITES = "host:site:info";

/**
 * The same with the site of that host, so that its own people hear of it (`alerting.sites`); not that of
 * the SuperLink, which the exporter's series have.
 */
export function atItsSite(expr: string): string {
  return `${onItsHost(expr)}\n* on (federation, host) group_left (site) ${SITES}`;
}
