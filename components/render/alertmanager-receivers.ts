import type {
  EmailConfig,
  ReceiverConfig,
  SlackConfig,
  UrlTarget,
} from "../config/alerting-schema";

/** Where Alertmanager finds files beside alertmanager.yml, all absolute. */
export interface AlertmanagerPaths {
  /** Directory of secrets, one a file, named by its config key. */
  secrets: string;
  /** Directory of alertmanager.yml, of the release that is live. */
  config: string;
}

/** A receiver as alertmanager.yml has it. */
export interface RenderedReceiver {
  name: string;
  [configs: string]: unknown;
}

/** Alertmanager's name of each kind: in its metrics, and before `_configs` in its configuration. */
const INTEGRATIONS = {
  webhook: "webhook",
  email: "email",
  slack: "slack",
  pagerduty: "pagerduty",
  opsgenie: "opsgenie",
  teams: "msteamsv2",
} as const;

type Kind = keyof typeof INTEGRATIONS;

function kindsOf(receiver: ReceiverConfig): Kind[] {
  return (Object.keys(INTEGRATIONS) as Kind[]).filter((kind) => receiver[kind] !== undefined);
}

/** Names of a receiver's integrations, as the label `integration` of Alertmanager's metrics. */
export function integrationsOf(receiver: ReceiverConfig): string[] {
  return kindsOf(receiver).map((kind) => INTEGRATIONS[kind]);
}

/** Where the CA of a receiver's mail server lies, below the directory of alertmanager.yml. */
export function caFile(receiver: string): string {
  return `ca/${receiver}.pem`;
}

/** Templates of rules/notifications.tmpl. */
function words(name: string): string {
  return `{{ template "flower-monitoring.${name}" . }}`;
}

export function renderReceiver(
  receiver: ReceiverConfig,
  paths: AlertmanagerPaths,
): RenderedReceiver {
  const secret = (key: string): string => `${paths.secrets}/${key}`;
  const render: { [K in Kind]: (given: NonNullable<ReceiverConfig[K]>) => object } = {
    webhook: (given) => url(given, paths),
    email: (given) => email(given, `${paths.config}/${caFile(receiver.name)}`, secret),
    slack: (given) => slack(given, secret),
    pagerduty: ({ routingKeySecret, apiUrl }) => ({
      routing_key_file: secret(routingKeySecret),
      ...(apiUrl === undefined ? {} : { url: apiUrl }),
      description: words("title"),
      severity: words("pagerduty.severity"),
      class: "{{ .CommonLabels.alertname }}",
      component: "{{ .CommonLabels.host }}",
      group: "{{ .CommonLabels.federation }}",
      client: "Flower monitoring",
      client_url: words("link"),
      // Alertmanager's own two would repeat every label of every alert, without a bound. It reads a
      // detail as YAML and keeps it whole only if it is none: no YAML begins with a tab.
      details: { firing: `\t${words("text")}`, resolved: "" },
      links: [
        { href: "{{ .CommonAnnotations.runbook_url }}", text: "Runbook" },
        { href: "{{ .CommonAnnotations.dashboard }}", text: "Dashboard" },
      ],
    }),
    opsgenie: ({ apiKeySecret, apiUrl }) => ({
      api_key_file: secret(apiKeySecret),
      ...(apiUrl === undefined ? {} : { api_url: apiUrl }),
      message: words("title"),
      description: words("text"),
      source: words("link"),
      entity: "{{ .CommonLabels.host }}",
      priority: words("opsgenie.priority"),
    }),
    teams: ({ urlSecret }) => ({
      webhook_url_file: secret(urlSecret),
      title: words("title"),
      text: words("teams"),
    }),
  };
  const configs = kindsOf(receiver).map((kind) => {
    const settings = (render[kind] as (given: unknown) => object)(receiver[kind]);
    return [`${INTEGRATIONS[kind]}_configs`, [{ ...settings, send_resolved: true }]];
  });
  return { name: receiver.name, ...(Object.fromEntries(configs) as object) };
}

/** A webhook's target; Alertmanager trims what it reads from the file. */
export function url(target: UrlTarget, paths: AlertmanagerPaths): object {
  return "url" in target
    ? { url: target.url }
    : { url_file: `${paths.secrets}/${target.urlSecret}` };
}

function email(given: EmailConfig, ca: string, secret: (key: string) => string): object {
  const { to, from, smarthost, username, passwordSecret, requireTls } = given;
  return {
    to,
    from,
    smarthost,
    ...(username === undefined ? {} : { auth_username: username }),
    ...(passwordSecret === undefined ? {} : { auth_password_file: secret(passwordSecret) }),
    require_tls: requireTls,
    ...(given.ca === undefined ? {} : { tls_config: { ca_file: ca } }),
    headers: { Subject: words("title") },
    html: words("html"),
    text: words("text"),
  };
}

/** A token goes into the request's header: `app_token_file` says the same, but not before 0.30. */
function slack(given: SlackConfig, secret: (key: string) => string): object {
  const target =
    "urlSecret" in given
      ? { api_url_file: secret(given.urlSecret) }
      : {
          api_url: given.apiUrl,
          http_config: { authorization: { credentials_file: secret(given.tokenSecret) } },
        };
  return {
    ...target,
    ...(given.channel === undefined ? {} : { channel: given.channel }),
    color: words("slack.color"),
    title: words("slack.title"),
    title_link: words("link"),
    fallback: words("slack.title"),
    text: words("slack"),
  };
}
