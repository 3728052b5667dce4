import { invalid, missing, Refusal } from "./errors";
import { receiversOf } from "./policies";
import type { ContactPoint, Json, Store } from "./store";
import { uidOf } from "./uid";

/** Per type: the settings that must be there, and those that are never given back. */
const types: Record<string, { required: string[]; secret: string[] }> = {
  alertmanager: { required: ["url"], secret: ["basicAuthPassword"] },
  email: { required: ["addresses"], secret: [] },
  slack: { required: [], secret: ["url", "token"] },
  webhook: {
    required: ["url"],
    secret: ["password", "authorization_credentials"],
  },
};

const redacted = "[REDACTED]";

/** Grafana's own, which no one can delete. */
export const defaultContactPoint: ContactPoint = {
  uid: "",
  name: "grafana-default-email",
  type: "email",
  settings: { addresses: "<example@email.com>" },
  disableResolveMessage: false,
};

/** /api/v1/provisioning/contact-points. */
export class ContactPoints {
  constructor(private readonly store: Store) {}

  list(name: string | null): ContactPoint[] {
    const all = [defaultContactPoint, ...this.store.state.contactPoints];
    return name === null ? all : all.filter((point) => point.name === name);
  }

  /** A name that exists gets one more integration, as in a real Grafana: names are not unique. */
  create(body: Json, provenance: string): ContactPoint {
    const point = read(body, uidOf(body["uid"]), provenance);
    this.store.change((state) => state.contactPoints.push(point));
    return point;
  }

  update(uid: string, body: Json, provenance: string): void {
    this.find(uid);
    const point = read(body, uid, provenance);
    this.store.change((state) => {
      state.contactPoints = state.contactPoints.map((p) => (p.uid === uid ? point : p));
    });
  }

  delete(uid: string): void {
    const { name } = this.find(uid);
    const last = this.store.state.contactPoints.filter((p) => p.name === name).length === 1;
    if (last && receiversOf(this.store.state.policies).has(name)) {
      throw new Refusal(
        409,
        `Contact point '${name}' is currently referenced by a notification policy.`,
      );
    }
    this.store.change((state) => {
      state.contactPoints = state.contactPoints.filter((p) => p.uid !== uid);
    });
  }

  private find(uid: string): ContactPoint {
    const found = this.store.state.contactPoints.find((point) => point.uid === uid);
    if (found === undefined) throw missing("contact point not found");
    return found;
  }
}

function read(body: Json, uid: string, provenance: string): ContactPoint {
  const { name, type, settings } = body;
  const fail = (why: string): Error => invalid(`invalid contact point: ${why}`);
  if (typeof name !== "string" || name === "") throw fail("name should not be an empty string");
  const known = types[String(type)];
  if (known === undefined) {
    throw fail(`unknown type '${String(type)}' (stand-in: ${Object.keys(types).join(", ")})`);
  }
  const given = (typeof settings === "object" ? settings : {}) as Json;
  for (const key of known.required) {
    if (given[key] === undefined || given[key] === "") {
      throw fail(
        `failed to validate integration "${name}" of type "${String(type)}": ` +
          `required field '${key}' is not specified`,
      );
    }
  }
  if (type === "slack" && given["url"] === undefined && given["token"] === undefined) {
    throw fail("token must be specified when using the Slack chat API");
  }
  if (type === "alertmanager" || type === "webhook") checkUrls(String(given["url"]), fail);
  // A secret is replaced on arrival: nothing is ever sent from here.
  const shown = Object.entries(given).map(([k, v]) => [k, known.secret.includes(k) ? redacted : v]);
  return {
    uid,
    name,
    type: String(type),
    settings: Object.fromEntries(shown) as Json,
    disableResolveMessage: body["disableResolveMessage"] === true,
    provenance,
  };
}

function checkUrls(urls: string, fail: (why: string) => Error): void {
  for (const url of urls.split(",")) {
    if (!/^https?:\/\/[^/]/.test(url.trim()))
      throw fail(`invalid url property in settings: ${url}`);
  }
}
