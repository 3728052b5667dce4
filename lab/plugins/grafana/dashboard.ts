import { planDiff, refreshedInputs } from "../kit/diff";
import { canonical, compact, without, type Props, type Value } from "../kit/property";
import type { Operation, ResourceType } from "../kit/provider";
import { Lock, withoutOrg, type GrafanaApi } from "./api";
import { dashboardUid, normalDashboard, sha256 } from "./json-text";
import { dashboardShape, type DashboardInputs } from "./shapes";

interface Answer {
  meta: { url: string; folderUid?: string };
  dashboard: Record<string, Value>;
}

/** grafana:oss/dashboard:Dashboard, classic schema. A changed uid replaces. */
export function dashboard(api: GrafanaApi): ResourceType {
  const lock = new Lock();
  const kept = (text: string): string => (api.storesSha256 ? sha256(text) : text);
  const normalised = (props: Props): Props => ({
    ...props,
    configJson: kept(normalDashboard(props["configJson"] ?? "") as string),
  });

  const read = async (uid: string, inputs: Props, op: Operation): Promise<Props | undefined> => {
    const path = `/dashboards/uid/${encodeURIComponent(uid)}`;
    const found = await api.find<Answer>({ method: "GET", path, name: "getDashboardByUid" }, op);
    if (found === undefined) return undefined;
    const { id, version, uid: shownUid, ...model } = found.dashboard;
    // The server gives every dashboard a uid; only one that the program gave belongs to its JSON.
    const given = dashboardUid(inputs["configJson"]) !== "";
    const text = normalDashboard(canonical(given ? { ...model, uid: shownUid ?? "" } : model));
    const now = {
      uid: shownUid,
      dashboardId: id,
      version,
      url: api.link(found.meta.url),
      folder: found.meta.folderUid ?? "",
      configJson: kept(text as string),
      orgId: "1",
    };
    return { ...inputs, ...compact(now) };
  };

  const save = (props: Props, more: object, op: Operation): Promise<{ uid: string }> => {
    const inputs = props as unknown as DashboardInputs;
    const model = without(JSON.parse(inputs.configJson) as Props, "id");
    const body = {
      overwrite: inputs.overwrite === true,
      message: inputs.message ?? "",
      folderUid: withoutOrg(inputs.folder ?? ""),
      dashboard: model,
      ...more,
    };
    const call = { method: "POST", path: "/dashboards/db", name: "postDashboard", body } as const;
    return api.call<{ uid: string }>(call, op);
  };

  return {
    inputs: dashboardShape,
    outputs: ["uid", "dashboardId", "version", "url", "orgId"],
    diff(old, wanted) {
      const shape = { ...dashboardShape };
      const text = wanted["configJson"];
      if (api.storesSha256 && typeof text === "string") {
        wanted = normalised(wanted);
      }
      const changes = planDiff(shape, old.state, wanted);
      const change = changes["configJson"];
      const before = dashboardUid(old.inputs["configJson"]);
      if (change !== undefined && before !== dashboardUid(text)) change.replace = true;
      return { changes, deleteBeforeReplace: false };
    },
    create: (props, op) =>
      lock.run(async () => {
        const { uid } = await save(props, {}, op);
        return { id: `1:${uid}`, state: (await read(uid, props, op)) ?? normalised(props) };
      }),
    update: (id, old, props, op) =>
      lock.run(async () => {
        const model = JSON.parse((props as unknown as DashboardInputs).configJson) as Props;
        const dashboard = { ...model, id: old["dashboardId"], uid: withoutOrg(id) };
        const { uid } = await save(props, { overwrite: true, dashboard }, op);
        return (await read(uid, props, op)) ?? normalised(props);
      }),
    async read(id, old, op) {
      const state = await read(withoutOrg(id), old.inputs, op);
      if (state === undefined) return undefined;
      // A hash cannot stand for a dashboard in the inputs.
      if (api.storesSha256) return { state, inputs: old.inputs };
      return { state, inputs: refreshedInputs(dashboardShape, state, old.inputs) };
    },
    delete: (id, _state, op) =>
      lock.run(async () => {
        const path = `/dashboards/uid/${encodeURIComponent(withoutOrg(id))}`;
        await api.find({ method: "DELETE", path, name: "deleteDashboardByUid" }, op);
      }),
  };
}
