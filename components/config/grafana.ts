/** A Grafana that is there already: how it is reached, and what of it may be ours. Pure. */
import type { Faults } from "./faults";
import { member } from "./hosts";
import type { ExistingGrafana } from "./schema";
import type { SecretRef } from "./secret-refs";
import { field, keys, text } from "./fields";
import { read } from "./shapes";
import * as values from "./values";
import { httpUrl, secretName } from "./webhooks";

/** Grafana's own limit of a uid, and its characters. */
const uid = text(
  values.matching(
    /^[A-Za-z0-9_-]{1,40}$/,
    "a uid: letters, digits, - and _, at most 40",
    "write a short name, such as flower-monitoring",
  ),
);

const url = (what: string) =>
  text(
    values.ruled(values.STRING, (value) => {
      const given = httpUrl(value);
      const plain =
        given !== undefined && given.username === "" && given.search + given.hash === "";
      return plain
        ? undefined
        : {
            allowed: "an http:// or https:// URL without credentials, ? and #",
            fix: `write the address of ${what}`,
          };
    }),
  );

/** The whole section. */
export const grafana = keys({
  url: url("that Grafana, as this machine reaches it"),
  authSecret: text(secretName),
  orgId: field<number>(values.organisation).optional(),
  folder: keys({ uid: uid.optional(), title: text(values.text).optional() }).optional(),
  prometheusUrl: url("Prometheus, as that Grafana reaches it").optional(),
  alertmanagerUrl: url("Alertmanager, as that Grafana reaches it").optional(),
  notificationPolicy: field<boolean>(values.flag).optional(),
});

/** @returns undefined where the stack has a Grafana of its own, or after faults were added */
export function readGrafana(raw: unknown, faults: Faults): ExistingGrafana | undefined {
  if (raw === undefined) return undefined;
  const given = read(grafana, raw, ["grafana"], faults);
  if (given === undefined) return undefined;
  const { folder, notificationPolicy = false, ...rest } = given;
  return {
    ...rest,
    folder: { uid: folder?.uid ?? FOLDER.uid, title: folder?.title ?? FOLDER.title },
    notificationPolicy,
  };
}

/** The folder that everything of ours is in. */
export const FOLDER = { uid: "flower-monitoring", title: "Flower monitoring" } as const;

/** Where the section names a secret config key. */
export function grafanaSecrets(grafana: unknown): SecretRef[] {
  const key = member(grafana, "authSecret");
  if (secretName(key) !== undefined) return [];
  const what = "a token of a service account in Grafana, or user:password";
  return [{ path: ["grafana", "authSecret"], key: key as string, what, isUrl: false }];
}
