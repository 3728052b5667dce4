/** Rules for a receiver's webhook: a URL may be in plain text only if it holds no secret. Pure. */
import { matching, ruled, STRING, type Problem } from "./rule";

/** Services whose webhook URL is the password: whoever has it can post. */
const TOKEN_HOSTS = [
  "slack.com",
  "pagerduty.com",
  "opsgenie.com",
  "discord.com",
  "discordapp.com",
  "office.com",
  "logic.azure.com",
  "powerplatform.com",
  "chat.googleapis.com",
  "api.telegram.org",
  "pushover.net",
  "victorops.com",
];

const TOKEN_PARAMETER = /token|secret|passw|api-?_?key|^key$|^sig(nature)?$|auth|credential/i;

/** The key of the config that holds the URL as a secret. */
export const secretName = matching(
  /^[A-Za-z][A-Za-z0-9_-]{0,62}$/,
  "the name of a secret config key, not the secret itself",
  "write a name such as opsWebhookUrl, then: pulumi config set --secret flower-monitoring:opsWebhookUrl",
);

/** A webhook URL that stands in the stack file as plain text. */
export const plainWebhookUrl = ruled(STRING, (value) => {
  const url = httpUrl(value);
  if (url === undefined) return notAUrl;
  if (url.username !== "" || url.password !== "") return secretIn("user and password");
  const parameters = [...url.searchParams.keys()];
  if (parameters.some((name) => TOKEN_PARAMETER.test(name))) return secretIn("a token");
  const known = TOKEN_HOSTS.some(
    (host) => url.hostname === host || url.hostname.endsWith(`.${host}`),
  );
  if (known && url.pathname + url.search !== "/") return secretIn("a token");
  return undefined;
});

/** An absolute http(s) URL with a host, or undefined. */
export function httpUrl(value: unknown): URL | undefined {
  if (typeof value !== "string" || !/^https?:\/\/[^\s/]/i.test(value) || /\s/.test(value)) {
    return undefined;
  }
  return URL.canParse(value) ? new URL(value) : undefined;
}

const notAUrl: Problem = {
  allowed: "an http:// or https:// URL",
  fix: "write the whole URL that Alertmanager posts to",
};

function secretIn(what: string): Problem {
  return {
    allowed: "a URL without credentials",
    fix:
      `this URL carries ${what}, and the stack file is plain text: write urlSecret: <name> instead, ` +
      "then: pulumi config set --secret flower-monitoring:<name>",
  };
}
