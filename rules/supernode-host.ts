/** Which host a SuperNode is on: the one that has its name in the stack. */

/**
 * Series of the Flower exporter about SuperNodes, with the SuperNode's own host as `host` instead of the
 * exporter's. One without a registered key has no name, so it has no host and matches none.
 */
export function onItsHost(expr: string): string {
  return `label_replace(${expr}, "host", "$1", "name", "(.*)")`;
}
