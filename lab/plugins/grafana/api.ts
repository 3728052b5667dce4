import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "../kit/provider";
import { bool, list, map, num, str, type InputsOf } from "../kit/schema";

export const configShape = {
  url: str(),
  auth: str({ secret: true }),
  retries: num({ default: 3 }),
  retryWait: num({ default: 0 }),
  retryStatusCodes: list(str()),
  httpHeaders: map(str()),
  orgId: num(),
  storeDashboardSha256: bool({ default: false }),
};
export type GrafanaConfig = InputsOf<typeof configShape>;

/** The statuses that the official plugin's client tries again; `x` is any digit. */
const retriedStatuses = ["429", "5xx", "401", "412"];

/** A refusal of the server, in the words of the official plugin's client. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    call: string,
    name: string,
    body: string,
  ) {
    super(`[${call}][${status}] ${name} (status ${status}): ${body === "" ? "{}" : body}`);
  }
}

type Body = Record<string, unknown>;

/** One call: `name` is the operation's name in error messages. */
export interface Call {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  name: string;
  body?: Body;
  headers?: Record<string, string>;
}

/** Grafana's HTTP API with the official plugin's retries. Nothing is asked before the first call. */
export class GrafanaApi {
  private config: GrafanaConfig = {};

  configure(config: GrafanaConfig): void {
    this.config = config;
  }

  get storesSha256(): boolean {
    return this.config.storeDashboardSha256 === true;
  }

  /** A path on the server as a full URL. */
  link(path: string): string {
    return `${this.base()}${path}`;
  }

  /** @throws ApiError for a refusal that is not tried again, or after the last try */
  async call<T>(call: Call, op: Pick<Operation, "signal">): Promise<T> {
    const retries = this.config.retries ?? 3;
    for (let tried = 0; ; tried++) {
      const last = tried >= retries;
      try {
        const response = await this.fetch(call, op);
        const text = await response.text();
        if (response.ok) return (text === "" ? {} : JSON.parse(text)) as T;
        if (last || !this.retried(response.status)) {
          throw new ApiError(response.status, `${call.method} ${call.path}`, call.name, text);
        }
      } catch (error) {
        if (error instanceof ApiError || op.signal.aborted || last) throw this.plain(error, call);
      }
      const wait = this.config.retryWait ?? 0;
      const seconds = wait > 0 ? wait : 2 ** (tried + 1);
      await sleep(seconds * 1000, undefined, { signal: op.signal });
    }
  }

  /** The answer, or undefined when the server says that there is no such thing. */
  async find<T>(call: Call, op: Pick<Operation, "signal">): Promise<T | undefined> {
    try {
      return await this.call<T>(call, op);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  private fetch(call: Call, op: Pick<Operation, "signal">): Promise<Response> {
    const headers: Record<string, string> = {
      accept: "application/json",
      ...this.config.httpHeaders,
      ...call.headers,
      ...authorization(this.config.auth),
    };
    if (this.config.orgId !== undefined) headers["X-Grafana-Org-Id"] = String(this.config.orgId);
    const init: RequestInit = { method: call.method, headers, signal: op.signal };
    if (call.body !== undefined) {
      headers["content-type"] = "application/json";
      init.body = JSON.stringify(call.body);
    }
    return fetch(`${this.base()}/api${call.path}`, init);
  }

  private base(): string {
    const { url } = this.config;
    if (url === undefined) {
      throw new Error(
        "the Grafana client is required; set the `auth` and `url` provider attributes",
      );
    }
    return url.replace(/\/+$/, "");
  }

  private retried(status: number): boolean {
    const patterns = this.config.retryStatusCodes ?? retriedStatuses;
    return patterns.some((p) => new RegExp(`^${p.replaceAll("x", "\\d")}$`).test(String(status)));
  }

  /** Connection errors as Go's client words them, without the credentials that a URL may carry. */
  private plain(error: unknown, call: Call): Error {
    if (error instanceof ApiError) return error;
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    const target = new URL(`${this.base()}/api${call.path}`);
    target.username = "";
    target.password = "";
    const why =
      cause?.code === "ECONNREFUSED"
        ? `dial tcp ${target.host}: connect: connection refused`
        : (cause?.message ?? (error instanceof Error ? error.message : String(error)));
    const method = call.method.charAt(0) + call.method.slice(1).toLowerCase();
    return new Error(`${method} "${target.href}": ${why}`, { cause: error });
  }
}

function authorization(auth: string | undefined): Record<string, string> {
  if (auth === undefined || auth === "anonymous") return {};
  const value = auth.includes(":")
    ? `Basic ${Buffer.from(auth).toString("base64")}`
    : `Bearer ${auth}`;
  return { authorization: value };
}

/** What comes after the organisation in an id such as `1:abc`. */
export function withoutOrg(id: string): string {
  return id.replace(/^\d+:/, "");
}

/** Runs one task after another: the official plugin writes each kind of thing serially. */
export class Lock {
  private tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const done = this.tail.then(task);
    this.tail = done.catch(() => undefined);
    return done;
  }
}
