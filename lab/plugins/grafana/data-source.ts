import { planDiff, refreshedInputs } from "../kit/diff";
import { canonical, compact, type Props, type Value } from "../kit/property";
import type { Operation, ResourceType } from "../kit/provider";
import { withoutOrg, type GrafanaApi } from "./api";
import { autoname, nameStays } from "../kit/autoname";
import { dataSourceShape, type DataSourceInputs } from "./shapes";

interface Answer {
  uid: string;
  name: string;
  type: string;
  url: string;
  access: string;
  user: string;
  database: string;
  basicAuth: boolean;
  basicAuthUser: string;
  isDefault: boolean;
  jsonData: Record<string, Value>;
}

/** grafana:oss/dataSource:DataSource. Secret values are sent and never read back. */
export function dataSource(api: GrafanaApi): ResourceType {
  const read = async (uid: string, inputs: Props, op: Operation): Promise<Props | undefined> => {
    const path = `/datasources/uid/${encodeURIComponent(uid)}`;
    const found = await api.find<Answer>({ method: "GET", path, name: "getDataSourceByUid" }, op);
    return found === undefined ? undefined : { ...inputs, ...stateOf(found) };
  };
  return {
    inputs: dataSourceShape,
    outputs: ["uid", "orgId"],
    normalise: autoname,
    diff: (old, wanted) => ({
      changes: planDiff(dataSourceShape, old.state, wanted),
      deleteBeforeReplace: nameStays(old, wanted),
    }),
    async create(props, op) {
      const body = bodyOf(props as unknown as DataSourceInputs);
      const call = { method: "POST", path: "/datasources", name: "addDataSource", body } as const;
      const { datasource } = await api.call<{ datasource: Answer }>(call, op);
      const state = (await read(datasource.uid, props, op)) ?? props;
      return { id: `1:${datasource.uid}`, state };
    },
    async update(id, _old, props, op) {
      const uid = withoutOrg(id);
      const body = { ...bodyOf(props as unknown as DataSourceInputs), uid };
      const path = `/datasources/uid/${encodeURIComponent(uid)}`;
      await api.call({ method: "PUT", path, name: "updateDataSourceByUid", body }, op);
      return (await read(uid, props, op)) ?? props;
    },
    async read(id, old, op) {
      const state = await read(withoutOrg(id), old.inputs, op);
      if (state === undefined) return undefined;
      return { state, inputs: refreshedInputs(dataSourceShape, state, old.inputs) };
    },
    async delete(id, _state, op) {
      const path = `/datasources/uid/${encodeURIComponent(withoutOrg(id))}`;
      await api.find({ method: "DELETE", path, name: "deleteDataSourceByUid" }, op);
    },
  };
}

function bodyOf(inputs: DataSourceInputs): Record<string, unknown> {
  const jsonData = JSON.parse(inputs.jsonDataEncoded ?? "{}") as Record<string, unknown>;
  const secure = JSON.parse(inputs.secureJsonDataEncoded ?? "{}") as Record<string, unknown>;
  Object.entries(inputs.httpHeaders ?? {}).forEach(([name, value], i) => {
    jsonData[`httpHeaderName${i + 1}`] = name;
    secure[`httpHeaderValue${i + 1}`] = value;
  });
  return {
    name: inputs.name,
    type: inputs.type,
    uid: inputs.uid,
    url: inputs.url ?? "",
    access: inputs.accessMode ?? "proxy",
    user: inputs.username ?? "",
    database: inputs.databaseName ?? "",
    basicAuth: inputs.basicAuthEnabled === true,
    basicAuthUser: inputs.basicAuthUsername ?? "",
    isDefault: inputs.isDefault === true,
    jsonData,
    secureJsonData: secure,
  };
}

function stateOf(found: Answer): Props {
  const jsonData = Object.entries(found.jsonData).filter(([k]) => !/^httpHeaderName\d+$/.test(k));
  return compact({
    name: found.name,
    type: found.type,
    uid: found.uid,
    url: found.url,
    accessMode: found.access,
    username: found.user,
    databaseName: found.database,
    basicAuthEnabled: found.basicAuth,
    basicAuthUsername: found.basicAuthUser,
    isDefault: found.isDefault,
    // What the server keeps when the program gives nothing is "{}": no difference.
    ...(jsonData.length > 0 ? { jsonDataEncoded: canonical(Object.fromEntries(jsonData)) } : {}),
    orgId: "1",
  });
}
