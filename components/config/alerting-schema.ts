/** Who is told of what, as the rest of the program sees it. Secrets are named here, never held. */
import type { Thresholds } from "../../rules/thresholds";

/** Severities that people are told of; also the order in which their routes stand. */
export const SEVERITIES = ["critical", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface AlertingConfig {
  /** Who evaluates alert rules. @default "grafana" */
  evaluator: "grafana" | "prometheus";
  /** At least one, names unique. */
  receivers: ReceiverConfig[];
  /** Receiver of alerts that no route takes. @default the receiver, where there is only one */
  defaultReceiver: string;
  /** Receivers by severity, each with one name or more. A severity that is not here is the default's. */
  routing: Partial<Record<Severity, string[]>>;
  /** Receivers by value of the label `site`: they are told as well. @default {} */
  sites: Record<string, string[]>;
  /** Child routes as Alertmanager takes them, before `routing`; receivers in them exist. @default [] */
  routes: AlertmanagerRoute[];
  /** @default [] */
  muteTimings: MuteTiming[];
  /** Labels that make a group, beside the severity. @default ["alertname", "federation"] */
  groupBy: string[];
  /** Alertmanager's pauses. @default 30s before a new group, 5m between changes of it, 4h to remind */
  timing: { groupWait: string; groupInterval: string; repeatInterval: string };
  /** Where Watchdog goes, once a minute. @default nowhere */
  deadMansSwitch?: UrlTarget;
  /** Page that alerts link to, one heading an alert. @default docs/runbooks.md of the repository */
  runbooksUrl: string;
  /** Thresholds that the stack changes. @default {} */
  thresholds: Partial<Thresholds>;
  /** The user's own Prometheus rules, read from the file, not yet checked by promtool. */
  rulesFile?: { path: string; content: string };
}

/** A URL, or the name of the secret config key that holds it. */
export type UrlTarget = { url: string } | { urlSecret: string };

/** One way or more to tell somebody; at most one of each kind, at least one. */
export interface ReceiverConfig {
  name: string;
  /** Prove by a test alert that it is reached, whenever Alertmanager's configuration changed. @default false */
  verify: boolean;
  webhook?: UrlTarget;
  email?: EmailConfig;
  slack?: SlackConfig;
  pagerduty?: {
    /** Secret config key with the integration key of an Events API v2 integration. */
    routingKeySecret: string;
    /** @default https://events.pagerduty.com/v2/enqueue */
    apiUrl?: string;
  };
  opsgenie?: {
    /** Secret config key with the API key of an API integration. */
    apiKeySecret: string;
    /** @default https://api.opsgenie.com/ */
    apiUrl?: string;
  };
  teams?: {
    /** Secret config key with the URL of a Teams workflow ("post to a channel when a webhook ..."). */
    urlSecret: string;
  };
}

/** Mail over SMTP; TLS by STARTTLS, on port 465 from the first byte. */
export interface EmailConfig {
  /** One address or more, separated by commas. */
  to: string;
  from: string;
  /** `host:port`. */
  smarthost: string;
  /** Login; absent where the server asks for none. */
  username?: string;
  /** Secret config key of the login's password, always with `username`. */
  passwordSecret?: string;
  /** Refuse a server without STARTTLS. @default true */
  requireTls: boolean;
  /** CA of the server's certificate, PEM text. @default the CAs of the image */
  ca?: string;
}

/** Slack by an incoming webhook, or by an app's token, which needs the channel. */
export type SlackConfig =
  | { urlSecret: string; /** @default the webhook's own */ channel?: string }
  | {
      tokenSecret: string;
      channel: string;
      /** Slack's chat.postMessage. */
      apiUrl: string;
    };

/** Times at which alerts of some severities are not told. They are told after, if they still fire. */
export interface MuteTiming {
  name: string;
  /** Severities that it mutes; none where only `routes` use it by its name. @default [] */
  severities: Severity[];
  /** Alertmanager's time intervals; amtool checks them. */
  intervals: unknown[];
}

/** A route of Alertmanager's configuration; amtool checks what this type leaves open. */
export interface AlertmanagerRoute {
  receiver?: string;
  routes?: AlertmanagerRoute[];
  [key: string]: unknown;
}
