import { ContactPoints } from "./contact-points";
import { Dashboards } from "./dashboards";
import { DataSources } from "./data-sources";
import { Folders } from "./folders";
import { dashboardPage, indexPage } from "./html";
import { Policies } from "./policies";
import { Rules } from "./rules";
import { ServiceAccounts } from "./service-accounts";
import type { Json, Store } from "./store";

/** What a handler gets. `params` are the groups of the path, decoded. */
export interface Call {
  params: string[];
  body: Json;
  query: URLSearchParams;
  /** "api", or "" when the caller disabled provenance. */
  provenance: string;
}

/** One method of one path. */
export interface Route {
  method: string;
  path: RegExp;
  run: (call: Call) => unknown;
  /** @default 200 */
  status?: number;
  /** Content type. @default application/json */
  type?: string;
}

const html = "text/html; charset=utf-8";
const part = "([^/]+)";

/** Everything the stand-in answers to. */
export function routes(store: Store): Route[] {
  return [...contentRoutes(store), ...alertingRoutes(store)];
}

function contentRoutes(store: Store): Route[] {
  const folders = new Folders(store);
  const sources = new DataSources(store);
  const dashboards = new Dashboards(store, folders);
  const accounts = new ServiceAccounts(store);
  return [
    on("GET", "/", () => indexPage(store.state.dashboards), { type: html }),
    on(
      "GET",
      `/d/${part}(?:/[^/]*)?`,
      ({ params: [uid = ""] }) => dashboardPage(dashboards.find(uid)),
      {
        type: html,
      },
    ),
    on("POST", "/api/serviceaccounts", ({ body }) => accounts.create(body), { status: 201 }),
    on("POST", `/api/serviceaccounts/${part}/tokens`, ({ params: [id = ""], body }) =>
      accounts.addToken(id, body),
    ),
    on("GET", "/api/folders", () => folders.list()),
    on("POST", "/api/folders", ({ body }) => folders.create(body)),
    on("GET", `/api/folders/${part}`, ({ params: [uid = ""] }) => folders.get(uid)),
    on("PUT", `/api/folders/${part}`, ({ params: [uid = ""], body }) => folders.update(uid, body)),
    on("DELETE", `/api/folders/${part}`, ({ params: [uid = ""], query }) =>
      folders.delete(uid, query.get("forceDeleteRules") === "true"),
    ),
    on("GET", "/api/datasources", () => sources.list()),
    on("POST", "/api/datasources", ({ body }) => sources.create(body)),
    on("GET", `/api/datasources/uid/${part}`, ({ params: [uid = ""] }) => sources.get(uid)),
    on("PUT", `/api/datasources/uid/${part}`, ({ params: [uid = ""], body }) =>
      sources.update(uid, body),
    ),
    on("DELETE", `/api/datasources/uid/${part}`, ({ params: [uid = ""] }) => sources.delete(uid)),
    on("POST", "/api/dashboards/db", ({ body }) => dashboards.save(body)),
    on("GET", `/api/dashboards/uid/${part}`, ({ params: [uid = ""] }) => dashboards.get(uid)),
    on("DELETE", `/api/dashboards/uid/${part}`, ({ params: [uid = ""] }) => dashboards.delete(uid)),
    on("GET", "/api/search", ({ query }) => dashboards.search(query)),
  ];
}

function alertingRoutes(store: Store): Route[] {
  const rules = new Rules(store, new Folders(store));
  const points = new ContactPoints(store);
  const policies = new Policies(store);
  const base = "/api/v1/provisioning";
  const group = `${base}/folder/${part}/rule-groups/${part}`;
  return [
    on("GET", `${base}/alert-rules`, () => rules.list()),
    on("GET", `${base}/alert-rules/${part}`, ({ params: [uid = ""] }) => rules.get(uid)),
    on("DELETE", `${base}/alert-rules/${part}`, ({ params: [uid = ""] }) => rules.deleteRule(uid), {
      status: 204,
    }),
    on("GET", group, ({ params: [folder = "", name = ""] }) => rules.getGroup(folder, name)),
    on("PUT", group, ({ params: [folder = "", name = ""], body, provenance }) =>
      rules.putGroup(folder, name, body, provenance),
    ),
    on("DELETE", group, ({ params: [folder = "", name = ""] }) => rules.deleteGroup(folder, name), {
      status: 204,
    }),
    on("GET", `${base}/contact-points`, ({ query }) => points.list(query.get("name"))),
    on(
      "POST",
      `${base}/contact-points`,
      ({ body, provenance }) => points.create(body, provenance),
      {
        status: 202,
      },
    ),
    on(
      "PUT",
      `${base}/contact-points/${part}`,
      ({ params: [uid = ""], body, provenance }) => {
        points.update(uid, body, provenance);
        return { message: "contactpoint updated" };
      },
      { status: 202 },
    ),
    on(
      "DELETE",
      `${base}/contact-points/${part}`,
      ({ params: [uid = ""] }) => {
        points.delete(uid);
        return { message: "contactpoint deleted" };
      },
      { status: 202 },
    ),
    on("GET", `${base}/policies`, () => policies.get()),
    on(
      "PUT",
      `${base}/policies`,
      ({ body, provenance }) => {
        policies.put(body, provenance);
        return { message: "policies updated" };
      },
      { status: 202 },
    ),
    on(
      "DELETE",
      `${base}/policies`,
      () => {
        policies.reset();
        return { message: "policies reset" };
      },
      { status: 202 },
    ),
    on("GET", "/api/prometheus/grafana/api/v1/rules", () => rules.evaluation()),
  ];
}

function on(
  method: string,
  path: string,
  run: Route["run"],
  more: Pick<Route, "status" | "type"> = {},
): Route {
  return { method, path: new RegExp(`^${path}$`), run, ...more };
}
