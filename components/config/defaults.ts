/** Defaults of the keys that Pulumi.yaml declares; a test holds the two together. */
export const DEFAULTS = {
  scope: "all",
  scrapeInterval: "15s",
  retention: "15d",
  retainData: true,
  hook: true,
  dcgmProfiling: false,
} as const;
