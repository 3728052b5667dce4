/** The complete example of docs/alerting.md, as the parser and Alertmanager see it. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import type { AlertingConfig } from "../../components/config/schema";
import { junk, parse as parseStack, type Case } from "../unit/config-fixture";

const PAGE = resolve(__dirname, "../../docs/alerting.md");

/** Values for the secret keys that the example names. */
export const SECRETS = {
  smtpPassword: "smtp-0123456789",
  slackToken: "xoxb-0123456789",
  teamsUrl: "https://example.webhook.office.com/webhookb2/teams-0123456789",
  pagerdutyKey: "pagerduty-0123456789",
  opsgenieKey: "opsgenie-0123456789",
  hospital1Url: "https://alerts.example.org/in?token=hospital-0123456789",
  deadMansUrl: "https://hc-ping.com/dead-0123456789",
};

/** The section as the page has it. */
export function alertingExample(): Record<string, unknown> {
  const block = /^```yaml\n(flower-monitoring:alerting:\n[\s\S]*?)^```$/m.exec(
    readFileSync(PAGE, "utf8"),
  );
  const file = parse(block?.[1] ?? "") as Record<string, Record<string, unknown>> | null;
  const section = file?.["flower-monitoring:alerting"];
  if (section === undefined) throw new Error("docs/alerting.md has no complete example");
  return section;
}

/** A right stack with the example, changed or not. */
export function exampleCase(changes: Record<string, unknown> = {}): Case {
  return {
    edit: (raw) => {
      raw["alerting"] = junk({ ...alertingExample(), ...changes });
      Object.assign(raw, SECRETS);
    },
    secret: ["grafanaAdminPassword", ...Object.keys(SECRETS)],
  };
}

export function exampleAlerting(changes: Record<string, unknown> = {}): AlertingConfig {
  return parseStack(exampleCase(changes)).alerting;
}
