import { planDiff, refreshedInputs } from "../kit/diff";
import { canonical, compact, isObject, without, type Props, type Value } from "../kit/property";
import type { Operation, ResourceType } from "../kit/provider";
import { withoutOrg, type GrafanaApi, type Lock } from "./api";
import { autoname, nameStays } from "../kit/autoname";
import { contactPointShape, type ContactPointInputs } from "./shapes";
import { retryWhile } from "./retry";

type Settings = Record<string, Value>;

interface Answer {
  uid: string;
  name: string;
  type: string;
  settings: Settings;
  disableResolveMessage?: boolean;
  provenance?: string;
}

/** Per property: Grafana's type, and the server's name of each setting that differs from ours. */
const kinds = {
  alertmanagers: { type: "alertmanager", renamed: {} as Record<string, string> },
  webhooks: {
    type: "webhook",
    renamed: {
      basicAuthUser: "username",
      basicAuthPassword: "password",
      authorizationScheme: "authorization_scheme",
      authorizationCredentials: "authorization_credentials",
    } as Record<string, string>,
  },
} as const;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as Kind[];

const path = "/v1/provisioning/contact-points";

/** grafana:alerting/contactPoint:ContactPoint, with Alertmanager and webhook integrations. */
export function contactPoint(api: GrafanaApi, lock: Lock): ResourceType {
  const read = async (name: string, old: Props, op: Operation): Promise<Props | undefined> => {
    const list = { method: "GET", path, name: "GetContactpoints" } as const;
    const all = await api.call<Answer[]>(list, op);
    const points = all.filter((point) => point.name === name);
    if (points.length === 0) return undefined;
    const state: Props = { ...old, name, orgId: "1" };
    state["disableProvenance"] = points.every((point) => (point.provenance ?? "") === "");
    for (const kind of kindNames) {
      const found = points.filter((point) => point.type === kinds[kind].type);
      const before = integrations(old, kind);
      if (found.length > 0) state[kind] = found.map((point) => pack(point, kind, before));
      else delete state[kind];
    }
    return state;
  };

  /** Sends each wanted integration, then deletes those of `old` that are wanted no more. */
  const write = async (props: Props, old: Props, op: Operation): Promise<Props> => {
    const inputs = props as unknown as ContactPointInputs;
    const headers: Record<string, string> =
      inputs.disableProvenance === true ? { "X-Disable-Provenance": "disabled" } : {};
    const kept = new Set<Value>();
    const sent: Props = {};
    for (const kind of kindNames) {
      sent[kind] = [];
      for (const wanted of integrations(props, kind)) {
        const same = integrations(old, kind).find((o) => bare(o) === bare(wanted));
        const uid = same?.["uid"];
        const body = unpack(wanted, kind, inputs.name ?? "");
        if (typeof uid === "string") {
          kept.add(uid);
          sent[kind].push({ ...wanted, uid });
          continue;
        }
        const call = { method: "POST", path, name: "PostContactpoints", body, headers } as const;
        const made = await retryWhile([500, 409], op, () => api.call<Answer>(call, op));
        sent[kind].push({ ...wanted, uid: made.uid });
      }
    }
    for (const gone of kindNames.flatMap((kind) => integrations(old, kind))) {
      const uid = gone["uid"];
      if (typeof uid === "string" && !kept.has(uid)) await remove(uid, op);
    }
    return { ...props, ...sent };
  };

  const remove = async (uid: string, op: Operation): Promise<void> => {
    const one = `${path}/${encodeURIComponent(uid)}`;
    const call = { method: "DELETE", path: one, name: "DeleteContactpoints" } as const;
    await retryWhile([409], op, () => api.call(call, op));
  };

  return {
    inputs: contactPointShape,
    outputs: ["orgId"],
    normalise(props, old, op) {
      const failures = autoname(props, old, op);
      if (kindNames.some((kind) => props[kind] !== undefined)) return failures;
      const reason = `one of ${kindNames.join(", ")} must be given.`;
      return [...failures, { property: "alertmanagers", reason }];
    },
    diff: (old, wanted) => ({
      changes: planDiff(contactPointShape, old.state, wanted),
      deleteBeforeReplace: nameStays(old, wanted),
    }),
    create: (props, op) =>
      lock.run(async () => {
        const sent = await write(props, {}, op);
        const { name = "" } = props as unknown as ContactPointInputs;
        return { id: `1:${name}`, state: (await read(name, sent, op)) ?? sent };
      }),
    update: (_id, old, props, op) =>
      lock.run(async () => {
        const sent = await write(props, old, op);
        const { name = "" } = props as unknown as ContactPointInputs;
        return (await read(name, sent, op)) ?? sent;
      }),
    async read(id, old, op) {
      const state = await read(withoutOrg(id), { ...old.inputs, ...old.state }, op);
      if (state === undefined) return undefined;
      return { state, inputs: refreshedInputs(contactPointShape, state, old.inputs) };
    },
    delete: (id, _state, op) =>
      lock.run(async () => {
        const query = `${path}?name=${encodeURIComponent(withoutOrg(id))}`;
        const list = { method: "GET", path: query, name: "GetContactpoints" } as const;
        for (const { uid } of await api.call<Answer[]>(list, op)) await remove(uid, op);
      }),
  };
}

function integrations(props: Props, kind: Kind): Settings[] {
  const list = props[kind];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** An integration as text, without what the server adds. */
function bare(item: Settings): string {
  return canonical({ disableResolveMessage: false, ...without(item, "uid") });
}

function unpack(item: Settings, kind: Kind, name: string): Record<string, unknown> {
  const { disableResolveMessage = false } = item;
  const rest = without(item, "uid", "disableResolveMessage");
  const { type, renamed } = kinds[kind];
  const settings = Object.entries(rest).map(([key, value]) => [renamed[key] ?? key, value]);
  return { name, type, disableResolveMessage, settings: Object.fromEntries(settings) as unknown };
}

function pack(point: Answer, kind: Kind, before: readonly Settings[]): Props {
  const ours = Object.fromEntries(Object.entries(kinds[kind].renamed).map(([a, b]) => [b, a]));
  const known = before.find((item) => item["uid"] === point.uid);
  const settings = Object.entries(point.settings).map(([key, value]) => {
    const name = ours[key] ?? key;
    // A secret is not given back: the one that was sent stands.
    return [name, value === "[REDACTED]" ? known?.[name] : value] as const;
  });
  const { uid, disableResolveMessage = false } = point;
  return compact({ ...Object.fromEntries(settings), uid, disableResolveMessage });
}
