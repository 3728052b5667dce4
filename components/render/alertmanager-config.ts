import type { ConfigFile } from "./config-push";
import { toYaml } from "./prometheus-config";

/** A receiver as Alertmanager will see it: the URL in plain, or in a file when it is a secret. */
export interface RenderedReceiver {
  name: string;
  webhook: { url: string } | { urlFile: string };
}

/** What alertmanager.yml depends on. */
export interface AlertmanagerConfigArgs {
  receivers: RenderedReceiver[];
  /** Takes what no route takes. */
  defaultReceiver: string;
  /** The user's child routes, in Alertmanager's own syntax; amtool judges them. */
  routes: unknown[];
  /** Alertmanager's group_wait, group_interval and repeat_interval. */
  timing: { groupWait: string; groupInterval: string; repeatInterval: string };
}

/** alertmanager.yml, ready for `amtool check-config`. */
export function renderAlertmanagerConfig(args: AlertmanagerConfigArgs): ConfigFile[] {
  const config = {
    route: {
      receiver: args.defaultReceiver,
      // One notification per problem, not per host: the hosts are listed inside it.
      group_by: ["alertname", "federation"],
      group_wait: args.timing.groupWait,
      group_interval: args.timing.groupInterval,
      repeat_interval: args.timing.repeatInterval,
      ...(args.routes.length > 0 ? { routes: args.routes } : {}),
    },
    inhibit_rules: [
      {
        // A critical alert speaks for the warnings about the same host.
        // Without a host both sides would count as equal, and all such warnings would be lost.
        source_matchers: ['severity="critical"', 'host!=""'],
        target_matchers: ['severity="warning"'],
        equal: ["federation", "host"],
      },
    ],
    receivers: args.receivers.map(({ name, webhook }) => ({
      name,
      webhook_configs: [
        {
          ...("url" in webhook ? { url: webhook.url } : { url_file: webhook.urlFile }),
          send_resolved: true,
        },
      ],
    })),
  };
  return [{ path: "alertmanager.yml", content: toYaml(config) }];
}
