/** Labels as the program writes them. */
export type Labels = { label: string; value: string }[];

export function labelMap(labels: Labels | undefined): Record<string, string> | undefined {
  return labels && Object.fromEntries(labels.map(({ label, value }) => [label, value]));
}

export function labelList(labels: Record<string, string>): Labels {
  return Object.entries(labels).map(([label, value]) => ({ label, value }));
}
