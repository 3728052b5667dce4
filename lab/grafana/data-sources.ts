import { invalid, missing, Refusal } from "./errors";
import type { DataSource, Json, Store } from "./store";
import { uidOf } from "./uid";

/** What a request says of a data source; its ids are ours to give. */
interface Kept extends Json {
  name: string;
  type: string;
  isDefault: boolean;
  jsonData: Json;
  secureJsonFields: Record<string, boolean>;
}

/** /api/datasources. Secret values are dropped on arrival: nothing here ever uses them. */
export class DataSources {
  constructor(private readonly store: Store) {}

  list(): object[] {
    return this.store.state.dataSources;
  }

  get(uid: string): DataSource {
    const found = this.store.state.dataSources.find((d) => d.uid === uid);
    if (found === undefined) throw missing("Data source not found");
    return found;
  }

  create(body: Json): object {
    const source = { ...this.read(body), id: this.store.nextId(), uid: uidOf(body["uid"]) };
    this.refuseTwins(source);
    this.store.change((state) => {
      if (source.isDefault) state.dataSources.forEach((d) => (d.isDefault = false));
      state.dataSources.push(source);
    });
    return answer("Datasource added", source);
  }

  update(uid: string, body: Json): object {
    const old = this.get(uid);
    const source = { ...this.read(body), id: old.id, uid };
    this.refuseTwins(source);
    this.store.change((state) => {
      if (source.isDefault) state.dataSources.forEach((d) => (d.isDefault = false));
      state.dataSources = state.dataSources.map((d) => (d.uid === uid ? source : d));
    });
    return answer("Datasource updated", source);
  }

  delete(uid: string): object {
    const { id } = this.get(uid);
    this.store.change((state) => {
      state.dataSources = state.dataSources.filter((d) => d.uid !== uid);
    });
    return { id, message: "Data source deleted" };
  }

  private read(body: Json): Kept {
    const { name, type, url, access, secureJsonData, jsonData } = body;
    if (typeof name !== "string" || name === "")
      throw invalid("bad request data: name is required");
    if (typeof type !== "string" || type === "")
      throw invalid("bad request data: type is required");
    if (typeof url === "string" && url !== "" && !/^(https?|unix):\/\/[^/]/.test(url)) {
      throw invalid(`Validation error, invalid URL: "${url}"`);
    }
    const secrets = Object.keys(secureJsonData ?? {});
    return {
      orgId: 1,
      name,
      type,
      url: url ?? "",
      access: access ?? "proxy",
      user: body["user"] ?? "",
      database: body["database"] ?? "",
      basicAuth: body["basicAuth"] === true,
      basicAuthUser: body["basicAuthUser"] ?? "",
      withCredentials: body["withCredentials"] === true,
      isDefault: body["isDefault"] === true,
      jsonData: (jsonData ?? {}) as Json,
      secureJsonFields: Object.fromEntries(secrets.map((key) => [key, true])),
      readOnly: false,
    };
  }

  private refuseTwins(source: DataSource): void {
    for (const other of this.store.state.dataSources) {
      if (other.id === source.id) continue;
      if (other.name === source.name) {
        throw new Refusal(409, "data source with the same name already exists");
      }
      if (other.uid === source.uid) {
        throw new Refusal(409, "data source with the same uid already exists");
      }
    }
  }
}

function answer(message: string, source: DataSource): object {
  return { id: source.id, name: source.name, message, datasource: source };
}
