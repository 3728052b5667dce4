/** The file of a new stack, and what is left to do by hand. Pure. */
import { stringify } from "yaml";
import type { NewStack, Receiver } from "./options";

/** `Pulumi.<stack>.yaml`. */
export function stackFile(made: NewStack): string {
  const { federation, monitoring, superlink, supernodes, user, gpu, python } = made;
  const tls = made.caFile === undefined ? { insecure: true } : { caFile: made.caFile };
  const config = {
    federation,
    ...(gpu ? { context: { FL_GPU_ENABLED: "YES", FL_DCGM_ENABLED: "YES" } } : {}),
    ssh: { user, knownHostsFile: knownHosts(made) },
    monitoring: { docker: monitoring },
    superlink: {
      name: "superlink",
      address: superlink,
      flower: { python, controlApi: made.controlApi, ...tls },
    },
    supernodes: supernodes.map(({ name, address, site }) => ({
      ...{ name, address, flower: { python } },
      ...(site === undefined ? {} : { labels: { site } }),
    })),
    alerting: { receivers: [{ name: "team", verify: true, ...kind(made.receiver) }] },
  };
  const keys = Object.entries(config).map(([key, value]) =>
    stringify({ [`flower-monitoring:${key}`]: value }, { lineWidth: 0 }).replace(/^(?=.)/gm, "  "),
  );
  return `${HEAD}config:\n${keys.join("\n")}`;
}

const HEAD = `# yaml-language-server: $schema=./schema/stack.schema.json
#
# Written by \`npm run new-stack\`; yours to change. What is not here has its default, and Pulumi.dev.yaml has
# every key with its meaning.
`;

function kind(receiver: Receiver): object {
  switch (receiver.kind) {
    case "webhook":
      return { webhook: { url: receiver.url } };
    case "slack":
      return { slack: { urlSecret: SLACK } };
    case "email": {
      const { to, from, smarthost } = receiver;
      return { email: { to, from, smarthost } };
    }
  }
}

const SLACK = "slackUrl";

function knownHosts({ stack }: NewStack): string {
  return `./known_hosts.${stack}`;
}

/** Secret config keys that the stack needs. */
export function secretKeys({ receiver }: NewStack): string[] {
  return ["grafanaAdminPassword", ...(receiver.kind === "slack" ? [SLACK] : [])];
}

/** What is left to do, a command a line. */
export function nextSteps(made: NewStack, addresses: string[]): string {
  const { stack } = made;
  const steps = [
    ...(addresses.length === 0
      ? []
      : [
          `ssh-keyscan -t ed25519 ${addresses.join(" ")} > ${knownHosts(made).slice(2)}   # compare with the hosts' own keys`,
        ]),
    `pulumi stack init ${stack}`,
    ...secretKeys(made).map(
      (key) =>
        `pulumi config set --secret flower-monitoring:${key} --stack ${stack}   # asks for it`,
    ),
    ...["doctor", "preview", "up"].map((command) => `npm run ${command} -- --stack ${stack}`),
  ];
  return `Next:\n\n${steps.map((step) => `  ${step}\n`).join("")}`;
}
