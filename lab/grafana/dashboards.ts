import { checkDashboard } from "./dashboard-check";
import { invalid, missing, Refusal } from "./errors";
import type { Folders } from "./folders";
import type { Dashboard, Json, Store } from "./store";
import { slug, uidOf } from "./uid";

/** /api/dashboards and /api/search. */
export class Dashboards {
  constructor(
    private readonly store: Store,
    private readonly folders: Folders,
  ) {}

  save(body: Json): object {
    const model = body["dashboard"] as Json | undefined;
    if (typeof model !== "object") throw invalid("bad request data");
    const title = model["title"];
    if (typeof title !== "string" || title.trim() === "") {
      throw new Refusal(400, "Dashboard title cannot be empty", { status: "empty-name" });
    }
    const folderUid = typeof body["folderUid"] === "string" ? body["folderUid"] : "";
    if (folderUid !== "") this.folders.find(folderUid);
    checkDashboard(model, this.store.state.dataSources);
    const overwrite = body["overwrite"] === true;
    const old = this.existing(model, folderUid, title, overwrite);
    const uid = old?.uid ?? uidOf(model["uid"]);
    const id = old?.id ?? this.store.nextId();
    const version = (old?.version ?? 0) + 1;
    const kept: Dashboard = { id, uid, folderUid, version, model: { ...model, id, uid, version } };
    this.store.change((state) => {
      state.dashboards = state.dashboards.filter((d) => d.uid !== uid).concat(kept);
    });
    const url = urlOf(kept);
    return { folderUid, id, slug: slug(title), status: "success", uid, url, version };
  }

  get(uid: string): object {
    const found = this.find(uid);
    const folder = this.store.state.folders.find((f) => f.uid === found.folderUid);
    return {
      meta: {
        type: "db",
        slug: slug(String(found.model["title"])),
        url: urlOf(found),
        version: found.version,
        folderUid: found.folderUid,
        folderTitle: folder?.title ?? "General",
        provisioned: false,
        canSave: true,
      },
      dashboard: found.model,
    };
  }

  delete(uid: string): object {
    const { title } = this.find(uid).model;
    this.store.change((state) => {
      state.dashboards = state.dashboards.filter((d) => d.uid !== uid);
    });
    return { title, message: `Dashboard ${String(title)} deleted`, uid };
  }

  search(query: URLSearchParams): object[] {
    const type = query.get("type");
    const text = (query.get("query") ?? "").toLowerCase();
    const within = [...query.getAll("folderUIDs"), ...query.getAll("folderUids")];
    const named = (title: unknown): boolean => String(title).toLowerCase().includes(text);
    const folders = this.store.state.folders
      .filter((f) => named(f.title) && within.length === 0)
      .map(({ uid, title }) => ({ uid, title, type: "dash-folder", url: `/dashboards/f/${uid}` }));
    const dashboards = this.store.state.dashboards
      .filter((d) => named(d.model["title"]))
      .filter((d) => within.length === 0 || within.includes(d.folderUid))
      .map((d) => ({
        id: d.id,
        uid: d.uid,
        title: d.model["title"],
        type: "dash-db",
        url: urlOf(d),
        tags: d.model["tags"] ?? [],
        folderUid: d.folderUid,
      }));
    if (type === "dash-db") return dashboards;
    return type === "dash-folder" ? folders : [...folders, ...dashboards];
  }

  find(uid: string): Dashboard {
    const found = this.store.state.dashboards.find((d) => d.uid === uid);
    if (found === undefined) throw missing("Dashboard not found");
    return found;
  }

  /** The dashboard that this save replaces; refuses one that it may not. */
  private existing(
    model: Json,
    folderUid: string,
    title: string,
    overwrite: boolean,
  ): Dashboard | undefined {
    const { dashboards } = this.store.state;
    const uid = model["uid"];
    const same = dashboards.find(
      (d) => d.uid === uid || (uid === undefined && d.id === model["id"]),
    );
    if (same !== undefined && !overwrite && model["version"] !== same.version) {
      throw new Refusal(412, "The dashboard has been changed by someone else", {
        status: "version-mismatch",
      });
    }
    const twin = dashboards.find((d) => d.folderUid === folderUid && d.model["title"] === title);
    if (twin !== undefined && twin !== same && !overwrite) {
      throw new Refusal(412, "A dashboard with the same name in the folder already exists", {
        status: "name-exists",
      });
    }
    return same ?? (uid === undefined ? twin : undefined);
  }
}

function urlOf(dashboard: Dashboard): string {
  return `/d/${dashboard.uid}/${slug(String(dashboard.model["title"]))}`;
}
