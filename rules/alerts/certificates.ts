import { lines, recent } from "../promql";
import type { Alert, Inventory } from "../rule";

const DAY = 86_400;

/** Whose certificate it is, for every text. */
const FILE = "{{ $labels.path }} on {{ $labels.host }}";

/**
 * Alerts on the certificates that hosts know of: of the SuperLink's CA file, and of
 * `flower.certificates`. The three follow one another, so that one certificate is one alert.
 */
export function certificateAlerts(inventory: Inventory): Alert[] {
  const { certificateDays, certificateSoonDays, certificateFor } = inventory.thresholds;
  const expiry = recent("flower_monitoring_certificate_expiry_timestamp_seconds", inventory);
  const left = `${expiry} - time()`;
  const within = (from: number, to: number): string =>
    lines(`${left} < ${to * DAY}`, `and ${left} >= ${from * DAY}`);
  const common = { for: certificateFor, dashboard: "hosts", link: ["host"] } as const;
  return [
    {
      alert: "CertificateExpiring",
      expr: within(certificateSoonDays, certificateDays),
      severity: "warning",
      summary: `Certificate ${FILE} expires in {{ $value | humanizeDuration }}`,
      description:
        `A certificate in ${FILE} ({{ $labels.role }}) expires in {{ $value | humanizeDuration }}. Then SuperNodes cannot ` +
        "connect, and runs wait without a limit. Likely: it is renewed by hand, or the renewal fails.",
      ...common,
    },
    {
      alert: "CertificateExpiringSoon",
      expr: within(0, certificateSoonDays),
      severity: "critical",
      summary: `Certificate ${FILE} expires in {{ $value | humanizeDuration }}`,
      description:
        `A certificate in ${FILE} ({{ $labels.role }}) expires in {{ $value | humanizeDuration }}, and nobody has renewed it. ` +
        "Then SuperNodes cannot connect, and runs wait without a limit. Likely: the renewal fails.",
      ...common,
    },
    {
      alert: "CertificateExpired",
      expr: `time() - ${expiry} > 0`,
      severity: "critical",
      summary: `Certificate ${FILE} has expired`,
      description:
        `A certificate in ${FILE} ({{ $labels.role }}) has expired {{ $value | humanizeDuration }} ago. Connections that ` +
        "exist may go on; each new one is refused. Likely: nobody renewed it, or the new one was not put in place.",
      ...common,
    },
  ];
}
