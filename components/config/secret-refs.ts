/** Where the alerting section names a secret config key, and what the key has to hold. Pure. */
import type { ConfigPath } from "./faults";
import { member } from "./hosts";
import { secretName } from "./webhooks";

/** A secret that the stack file names. */
export interface SecretRef {
  path: ConfigPath;
  /** The config key. */
  key: string;
  /** What it is, for people. */
  what: string;
  /** Whether it has to be a URL; otherwise it is one line of text. */
  isUrl: boolean;
}

type Field = readonly [key: string, what: string, isUrl: boolean];

const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  webhook: [["urlSecret", "a receiver's webhook URL", true]],
  email: [["passwordSecret", "the password of a mail server's login", false]],
  slack: [
    ["urlSecret", "the URL of a Slack webhook", true],
    ["tokenSecret", "the token of a Slack app", false],
  ],
  pagerduty: [["routingKeySecret", "a PagerDuty integration key", false]],
  opsgenie: [["apiKeySecret", "an Opsgenie API key", false]],
  teams: [["urlSecret", "the URL of a Teams workflow", true]],
};

/** All of them, in the order of the config: of the raw section, which may be no map, or the parsed one. */
export function secretRefs(alerting: unknown): SecretRef[] {
  const receivers = member(alerting, "receivers");
  const entries: unknown[] = Array.isArray(receivers) ? receivers : [];
  const deadMan = refsIn(
    member(alerting, "deadMansSwitch"),
    ["alerting", "deadMansSwitch"],
    [["urlSecret", "the URL of the dead man's switch", true]],
  );
  const ofReceivers = entries.flatMap((entry, index) =>
    Object.entries(FIELDS).flatMap(([kind, fields]) =>
      refsIn(member(entry, kind), ["alerting", "receivers", index, kind], fields),
    ),
  );
  return [...ofReceivers, ...deadMan];
}

/** Only what is a name: anything else is a fault of its own. */
function refsIn(map: unknown, path: ConfigPath, fields: readonly Field[]): SecretRef[] {
  return fields.flatMap(([name, what, isUrl]) => {
    const key = member(map, name);
    if (secretName(key) !== undefined) return [];
    return [{ path: [...path, name], key: key as string, what, isUrl }];
  });
}
