import { planDiff, refreshedInputs } from "../kit/diff";
import { compact, type Props } from "../kit/property";
import type { Operation, ResourceType } from "../kit/provider";
import { Lock, withoutOrg, type GrafanaApi } from "./api";
import { folderShape, type FolderInputs } from "./shapes";

interface Answer {
  uid: string;
  title: string;
  url: string;
  parentUid?: string;
}

/** grafana:oss/folder:Folder. Its deletion takes the dashboards and rules inside with it. */
export function folder(api: GrafanaApi): ResourceType {
  const lock = new Lock();
  const read = async (uid: string, inputs: Props, op: Operation): Promise<Props | undefined> => {
    const path = `/folders/${encodeURIComponent(uid)}`;
    const found = await api.find<Answer>({ method: "GET", path, name: "getFolderByUid" }, op);
    if (found === undefined) return undefined;
    const { title, url, parentUid = "" } = found;
    const now = { title, uid: found.uid, url: api.link(url), parentFolderUid: parentUid };
    return { ...inputs, ...compact({ ...now, orgId: "1" }) };
  };
  return {
    inputs: folderShape,
    outputs: ["uid", "url", "orgId"],
    diff: (old, wanted) => ({
      changes: planDiff(folderShape, old.state, wanted),
      deleteBeforeReplace: false,
    }),
    create: (props, op) =>
      lock.run(async () => {
        const { title, uid, parentFolderUid } = props as unknown as FolderInputs;
        const body = { title, uid, parentUid: parentFolderUid };
        const call = { method: "POST", path: "/folders", name: "createFolder", body } as const;
        const made = await api.call<Answer>(call, op).catch((error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          throw new Error(`failed to create folder: ${why}`, { cause: error });
        });
        return { id: `1:${made.uid}`, state: (await read(made.uid, props, op)) ?? props };
      }),
    update: (id, _old, props, op) =>
      lock.run(async () => {
        const { title } = props as unknown as FolderInputs;
        const uid = withoutOrg(id);
        const body = { title, overwrite: true };
        const path = `/folders/${encodeURIComponent(uid)}`;
        await api.call({ method: "PUT", path, name: "updateFolder", body }, op);
        return (await read(uid, props, op)) ?? props;
      }),
    async read(id, old, op) {
      const state = await read(withoutOrg(id), old.inputs, op);
      if (state === undefined) return undefined;
      return { state, inputs: refreshedInputs(folderShape, state, old.inputs) };
    },
    delete: (id, state, op) =>
      lock.run(async () => {
        const { preventDestroyIfNotEmpty } = state as unknown as FolderInputs;
        const uid = encodeURIComponent(withoutOrg(id));
        if (preventDestroyIfNotEmpty === true) {
          const path = `/search?folderUIDs=${uid}`;
          const inside = await api.call<unknown[]>({ method: "GET", path, name: "search" }, op);
          if (inside.length > 0) {
            throw new Error(
              `folder ${uid} is not empty and prevent_destroy_if_not_empty is set: ` +
                `it holds ${inside.length} dashboards or folders`,
            );
          }
        }
        const force = preventDestroyIfNotEmpty === true ? "" : "?forceDeleteRules=true";
        const path = `/folders/${uid}${force}`;
        await api.find({ method: "DELETE", path, name: "deleteFolder" }, op);
      }),
  };
}
