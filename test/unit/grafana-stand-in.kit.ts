import { mkdtempSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Auth } from "../../lab/grafana/auth";
import { grafanaServer } from "../../lab/grafana/server";
import { Store } from "../../lab/grafana/store";

/** The password of every server here. */
export const password = "correct horse";

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  text: string;
}

/** A running Grafana stand-in with an empty store, or with the store in `dir`. */
export class StandIn {
  private constructor(
    readonly url: string,
    readonly store: Store,
    readonly stop: () => void,
  ) {}

  static async start(
    dir = mkdtempSync(join(tmpdir(), "flower-monitoring-grafana-")),
    first = password,
  ): Promise<StandIn> {
    const store = new Store(dir);
    const server = grafanaServer(store, new Auth(store, "admin", first));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return new StandIn(`http://127.0.0.1:${port}`, store, () => {
      server.close();
      server.closeAllConnections();
    });
  }

  /** One request as the admin. */
  async ask(
    method: string,
    path: string,
    body?: object,
    auth = `admin:${password}`,
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Basic ${Buffer.from(auth).toString("base64")}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = (response.headers.get("content-type") ?? "").includes("json");
    return { status: response.status, body: json && text !== "" ? parse(text) : {}, text };
  }
}

const parse = (text: string): Record<string, unknown> =>
  JSON.parse(text) as Record<string, unknown>;

export const prometheus = {
  uid: "prom",
  name: "Prometheus",
  type: "prometheus",
  url: "http://prometheus:9090",
};

/** A dashboard that everything accepts. */
export function dashboard(more: object = {}): Record<string, unknown> {
  return {
    uid: "d1",
    title: "Runs",
    panels: [
      {
        id: 1,
        type: "timeseries",
        title: "Bytes <sent>",
        gridPos: { x: 0, y: 0, w: 24, h: 8 },
        datasource: { type: "prometheus", uid: "prom" },
        targets: [{ refId: "A", expr: "rate(fl_bytes_sent_total[5m])" }],
      },
    ],
    ...more,
  };
}

/** A rule that everything accepts. */
export function rule(more: object = {}): Record<string, unknown> {
  return {
    uid: "r1",
    title: "Down",
    condition: "C",
    noDataState: "OK",
    execErrState: "Error",
    for: "1m0s",
    data: [
      {
        refId: "A",
        datasourceUid: "prom",
        relativeTimeRange: { from: 300, to: 0 },
        model: { refId: "A", expr: "up == 0", instant: true },
      },
      expression("B", { type: "math", expression: "is_number($A)" }),
      expression("C", {
        type: "threshold",
        expression: "B",
        conditions: [{ evaluator: { type: "gt", params: [0] } }],
      }),
    ],
    ...more,
  };
}

export function expression(refId: string, model: object): Record<string, unknown> {
  return {
    refId,
    datasourceUid: "__expr__",
    relativeTimeRange: { from: 0, to: 0 },
    model: { refId, ...model },
  };
}
