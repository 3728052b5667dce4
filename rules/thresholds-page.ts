import { THRESHOLDS } from "./thresholds";

/** docs/thresholds.md, from the thresholds themselves. */
export function thresholdsPage(): string {
  const rows = Object.entries(THRESHOLDS).map(
    ([name, { default: value, allowed, why }]) =>
      `| \`${name}\` | ${value} | ${allowed} | ${why} |`,
  );
  return `${HEAD}${rows.join("\n")}\n`;
}

const HEAD = `# Thresholds

Made from rules/thresholds.ts by \`make docs\`; do not edit.

Every number that decides when somebody is called. A stack changes one by its name; the next \`up\` then changes
the alerts that use it, and nothing else:

\`\`\`yaml
flower-monitoring:alerting:
  thresholds:
    targetDownFor: 5m
\`\`\`

A name that does not exist, or a value outside what is allowed, is told before anything is touched.

| name | default | allowed | why |
| ---- | ------- | ------- | --- |
`;
