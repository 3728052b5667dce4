/** Single values of the config: what is allowed, and what to do about the rest. Pure. */
import { isIP } from "node:net";
import { FLOWER_PORTS, NODE_EXPORTER_PORT } from "./ports";
import { matching, oneOf, ruled, STRING, wholeNumber, type Rule } from "./rule";

export * from "./rule";

export const hostName = matching(
  /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/,
  "a name of 1 to 63 lower case letters, digits, - and .",
  "name the host; the name becomes its label `host` and the name of its resources",
);

export const federationName = matching(
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "1 to 63 lower case letters, digits and -",
  "name the federation: pulumi config set flower-monitoring:federation <name>",
);

export const userName = matching(
  /^[a-z_][a-z0-9_.-]{0,31}$/i,
  "the name of a login",
  "write the user that SSH logs in as; it needs root or `sudo -n`",
);

export const receiverName = matching(
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
  "1 to 63 letters, digits, _ and -",
  "name the receiver; routes refer to it by this name",
);

export const path = matching(
  // A line break in a path is a pasted key, and a NUL makes every fs call throw.
  /^(?!~[^/])[^\p{Cc}]+$/u,
  "a path, absolute, from ~/ or relative to Pulumi.yaml",
  "write the path as text; ~name is not expanded",
);

export const hostPath = matching(
  /^\/[\w@%+=:,./-]+$/,
  "an absolute path on the host, without spaces",
  "write the path as it is on that host",
);

export const text = ruled({ type: "string", minLength: 1 }, (value) =>
  typeof value === "string" && value !== "" && !/[\p{Cc}]/u.test(value)
    ? undefined
    : { allowed: "a text", fix: "write a text; put quotes around it if it looks like a number" },
);

export const flag = oneOf([true, false], "write true or false, without quotes");

const WHOLE = "write a whole number, without quotes";

export const port = wholeNumber(1, 65535, "a port, 1 to 65535", WHOLE);

export const waitSeconds = wholeNumber(
  0,
  600,
  "0 to 600 seconds",
  `${WHOLE}; 0 gives up at the first failure`,
);

/** As Grafana counts its organisations. */
export const organisation = wholeNumber(
  1,
  2 ** 31 - 1,
  "the number of an organisation, 1 or more",
  `${WHOLE}, as Grafana's page of organisations has it`,
);

export const unit = ruled(STRING, (value) => {
  if (typeof value === "string" && value.startsWith("flower-monitoring-")) {
    return {
      allowed: "systemd services that run Flower on that host",
      fix: "remove it: our own units are restarted when they need it",
    };
  }
  return matching(
    /^[\w:.@-]{1,200}\.service$/,
    "names of systemd services on that host, ending in .service",
    "write the unit that runs Flower there, for example flower-superlink.service",
  )(value);
});

/** As Flower's appliances spell it, and nothing else: one spelling in every place that has it. */
export const yesNo = ruled({ enum: ["YES", "NO"] }, (value) =>
  value === "YES" || value === "NO"
    ? undefined
    : {
        allowed: "YES or NO",
        fix: `write ${value === true ? "YES" : value === false ? "NO" : "YES or NO"}, in capitals`,
      },
);

export const logFormat = oneOf(
  ["text", "json"],
  "choose text, Flower's own lines, or json, one object a line",
);

/** The rule of the appliances, and the ports that other exporters of the host have. */
export const metricsPort = ruled({ type: "integer", minimum: 1024, maximum: 65535 }, (value) => {
  const taken = [...FLOWER_PORTS, NODE_EXPORTER_PORT];
  if (port(value) === undefined && (value as number) >= 1024 && !taken.includes(value as number)) {
    return undefined;
  }
  return {
    allowed: `a port from 1024 to 65535 other than ${taken.join(", ")}`,
    fix: "write a free port as a whole number, without quotes; Flower and node_exporter have those",
  };
});

/** Names of metrics are the app's own: what FL_LOSS_METRIC may hold is one line of a settings file. */
export const metricName = matching(
  /^[\w./:-]{1,100}$/,
  "a metric name: up to 100 letters, digits and _ . / : -",
  "write the name that the app gives the metric in its MetricRecord, for example eval_loss",
);

/** An address to reach a host of the federation by, from another machine and from a container. */
export const address = ruled(STRING, (value) => {
  if (isUnspecified(value)) {
    return {
      allowed: "an IPv4/IPv6 address or DNS name of this host",
      fix: "write the host's own address; this one stands for every interface of whatever host reads it",
    };
  }
  if (isLoopback(value)) {
    return {
      allowed: "an IPv4/IPv6 address or DNS name that the monitoring VM can reach",
      fix: "write the host's address in the network; in Prometheus' container this one is the container itself",
    };
  }
  if (isAddress(value)) return undefined;
  return {
    allowed: "an IPv4/IPv6 address or DNS name",
    fix: "write the address without scheme, port or user; brackets are not needed around IPv6",
  };
});

/** The address that published ports bind to. Docker takes only an IP there. */
export const bindAddress = ruled(STRING, (value) => {
  if (isUnspecified(value)) {
    return {
      allowed: "one IP address of the monitoring VM",
      fix: "write the VM's private address: on every interface, Prometheus and Alertmanager would be open without a password",
    };
  }
  if (typeof value === "string" && isIP(value) !== 0 && !value.includes("%")) return undefined;
  return {
    allowed: "one IP address of the monitoring VM",
    fix: "write the IPv4/IPv6 address; ports are bound to it, and Docker binds to no DNS name",
  };
});

/** `host:port` of Flower's Control API, seen from the SuperLink's host: loopback is fine. */
export const controlApi = ruled(STRING, (value) => {
  const parts = typeof value === "string" ? splitHostPort(value) : undefined;
  if (parts !== undefined && isAddress(parts.host) && !isUnspecified(parts.host)) return undefined;
  return {
    allowed: "host:port of the SuperLink's Control API, IPv6 in brackets, no 0.0.0.0",
    fix: "write the address that `flower-superlink --host --port` listens on, for example 10.0.0.5:8000",
  };
});

export function splitHostPort(value: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value);
  const host = match?.[1] ?? match?.[2];
  const number = Number(match?.[3]);
  if (match === null || host === undefined || number < 1 || number > 65535) return undefined;
  if (match[1] !== undefined && isIP(host) !== 6) return undefined;
  return { host, port: number };
}

/** One spelling for each address, so that two spellings of one host are seen as one. */
export function canonicalAddress(value: string): string {
  if (isIP(value) !== 6) return value.toLowerCase().replace(/\.$/, "");
  const host = new URL(`http://[${value}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (mapped === null) return host;
  const bits = Number.parseInt(mapped[1] ?? "", 16) * 65536 + Number.parseInt(mapped[2] ?? "", 16);
  return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".");
}

export function isLoopback(value: unknown): boolean {
  if (!isAddress(value)) return false;
  const host = canonicalAddress(value);
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function isUnspecified(value: unknown): boolean {
  return isAddress(value) && ["0.0.0.0", "::"].includes(canonicalAddress(value));
}

function isAddress(value: unknown): value is string {
  if (typeof value !== "string" || value.length > 253 || value.includes("%")) return false;
  if (isIP(value) !== 0) return true;
  const labels = value.replace(/\.$/, "").split(".");
  // A last label of digits is a mistyped IPv4 address: no top-level domain looks like that.
  return (
    labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? "")
  );
}

const LABEL_NAMES_IN_USE = ["instance", "job", "host", "role", "federation"];

export const labelName: Rule = (value) => {
  if (typeof value === "string" && (LABEL_NAMES_IN_USE.includes(value) || value.startsWith("__"))) {
    return {
      allowed: `a label name other than ${LABEL_NAMES_IN_USE.join(", ")} and __...`,
      fix: "choose another name: the program or Prometheus itself sets this label",
    };
  }
  return matching(
    /^[a-zA-Z_][a-zA-Z0-9_]*$/,
    "a Prometheus label name: letters, digits and _, no digit first",
    "rename the label",
  )(value);
};

export const labelValue: Rule = (value) =>
  text(value) && {
    allowed: "a text that is not empty",
    fix: "write a text, in quotes if it looks like a number; to Prometheus an empty label is none",
  };

/** A page that people open from an alert. */
export const pageUrl = ruled(STRING, (value) =>
  typeof value === "string" && /^https?:\/\/[^\s/@#]+(\/[^\s#]*)?$/.test(value)
    ? undefined
    : {
        allowed: "an http or https URL without credentials and without #",
        fix: "write the address at which your team reads docs/runbooks.md",
      },
);
