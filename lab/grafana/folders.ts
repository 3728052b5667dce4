import { invalid, missing, Refusal } from "./errors";
import type { Folder, Json, Store } from "./store";
import { slug, uidOf } from "./uid";

/** /api/folders. */
export class Folders {
  constructor(private readonly store: Store) {}

  list(): object[] {
    return this.store.state.folders.map((folder) => this.shown(folder));
  }

  get(uid: string): object {
    return this.shown(this.find(uid));
  }

  create(body: Json): object {
    const title = titleOf(body);
    const uid = uidOf(body["uid"]);
    const parentUid = typeof body["parentUid"] === "string" ? body["parentUid"] : "";
    if (parentUid !== "") this.find(parentUid);
    const { folders } = this.store.state;
    if (folders.some((f) => f.uid === uid || (f.title === title && f.parentUid === parentUid))) {
      throw changed();
    }
    const folder: Folder = { uid, title, parentUid, version: 1 };
    this.store.change((state) => state.folders.push(folder));
    return this.shown(folder);
  }

  update(uid: string, body: Json): object {
    const folder = this.find(uid);
    const title = titleOf(body);
    if (body["overwrite"] !== true && body["version"] !== folder.version) throw changed();
    this.store.change(() => Object.assign(folder, { title, version: folder.version + 1 }));
    return this.shown(folder);
  }

  /** Deletes the folder and its dashboards; its rules only when `forceDeleteRules`. */
  delete(uid: string, forceDeleteRules: boolean): object {
    const folder = this.find(uid);
    const { ruleGroups } = this.store.state;
    if (!forceDeleteRules && ruleGroups.some((group) => group.folderUid === uid)) {
      throw invalid("folder cannot be deleted: folder contains alert rules");
    }
    this.store.change((state) => {
      state.folders = state.folders.filter((f) => f.uid !== uid && f.parentUid !== uid);
      state.dashboards = state.dashboards.filter((d) => d.folderUid !== uid);
      state.ruleGroups = state.ruleGroups.filter((g) => g.folderUid !== uid);
    });
    return { id: 0, message: `Folder ${folder.title} deleted`, title: folder.title };
  }

  find(uid: string): Folder {
    const folder = this.store.state.folders.find((f) => f.uid === uid);
    if (folder === undefined) throw new Refusal(404, "folder not found", { status: "not-found" });
    return folder;
  }

  private shown(folder: Folder): object {
    const { uid, title, parentUid, version } = folder;
    const url = `/dashboards/f/${uid}/${slug(title)}`;
    return { id: 0, orgId: 1, uid, title, parentUid, url, version, canAdmin: true };
  }
}

function titleOf(body: Json): string {
  const { title } = body;
  if (typeof title !== "string" || title === "") throw invalid("folder title cannot be empty");
  return title;
}

const changed = (): Refusal =>
  new Refusal(412, "The folder has been changed by someone else", { status: "version-mismatch" });

export const folderMissing = (): Refusal => missing("folder does not exist");
