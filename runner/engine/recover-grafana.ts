/** Inputs of a resource of Grafana's, as far as they say which one it is. */
interface Named {
  uid?: string;
  name?: string;
  folderUid?: string;
}

/** A call of Grafana's HTTP API as its admin; undefined where that was refused. */
type Call = (method: "GET" | "DELETE", path: string) => Promise<unknown>;

const BASE = "/api/v1/provisioning";

/** What takes away each type that cannot be made twice; a dashboard and the policy can. */
const REMOVALS: Record<string, (call: Call, inputs: Named) => Promise<unknown>> = {
  "grafana:oss/folder:Folder": (call, { uid = "" }) =>
    call("DELETE", `/api/folders/${uid}?forceDeleteRules=true`),
  "grafana:oss/dataSource:DataSource": (call, { uid = "" }) =>
    call("DELETE", `/api/datasources/uid/${uid}`),
  "grafana:alerting/ruleGroup:RuleGroup": (call, { folderUid = "", name = "" }) =>
    call("DELETE", `${BASE}/folder/${folderUid}/rule-groups/${encodeURIComponent(name)}`),
  // Grafana would take a second one of the name, and then tell everything twice.
  "grafana:alerting/contactPoint:ContactPoint": async (call, { name = "" }) => {
    const path = `${BASE}/contact-points`;
    const points = await call("GET", `${path}?name=${encodeURIComponent(name)}`);
    for (const { uid } of (points ?? []) as { uid: string }[]) {
      await call("DELETE", `${path}/${uid}`);
    }
  },
};

/** Removes from Grafana what a killed engine was creating there. */
export async function removeFromGrafana(
  { url, password }: { url: string; password: string },
  creating: { type: string; inputs?: Named }[],
): Promise<void> {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
  const call: Call = async (method, path) => {
    // Already gone is as good as removed; anything else shows in the operation that follows.
    const response = await fetch(url + path, { method, headers: { authorization } }).catch(
      () => undefined,
    );
    return response?.ok === true ? response.json().catch(() => undefined) : undefined;
  };
  for (const { type, inputs = {} } of creating) await REMOVALS[type]?.(call, inputs);
}
