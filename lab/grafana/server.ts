import * as http from "node:http";
import { versions } from "../../components/versions";
import type { Auth } from "./auth";
import { Refusal } from "./errors";
import { routes, type Route } from "./routes";
import type { Json, Store } from "./store";

const maxBodyBytes = 16 * 1024 * 1024;

/** What the version endpoint says; the suffix keeps anyone from taking this for the real one. */
export const shownVersion = `${versions.grafana}-stand-in`;

/** The Grafana stand-in: the part of Grafana's HTTP API that this project uses. */
export function grafanaServer(store: Store, auth: Auth): http.Server {
  const table = routes(store);
  return http.createServer((request, response) => {
    answer(table, auth, request)
      .catch((error: unknown) => refusal(error))
      .then(({ status, body, type, headers }) => {
        response.writeHead(status, { "content-type": type ?? "application/json", ...headers });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      })
      .catch((error: unknown) => {
        console.error(`grafana stand-in: cannot answer ${request.url}: ${String(error)}`);
        response.destroy();
      });
  });
}

interface Answer {
  status: number;
  body: unknown;
  type?: string;
  headers?: Record<string, string>;
}

async function answer(
  table: readonly Route[],
  auth: Auth,
  request: http.IncomingMessage,
): Promise<Answer> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const path = url.pathname.replace(/(.)\/$/, "$1");
  if (request.method === "GET" && path === "/api/health") {
    return { status: 200, body: { database: "ok", version: shownVersion, commit: "stand-in" } };
  }
  if (request.method === "GET" && path === "/metrics") {
    return { status: 200, type: "text/plain; version=0.0.4", body: metrics() };
  }
  if (!auth.allows(request.headers.authorization)) return unauthorized(request);
  const matches = table.flatMap((route) => {
    const match = route.path.exec(path);
    return match === null ? [] : [{ route, params: match.slice(1).map(decodeURIComponent) }];
  });
  const found = matches.find(({ route }) => route.method === request.method);
  if (found === undefined) throw new Refusal(matches.length > 0 ? 405 : 404, "Not found");
  const body = request.method === "GET" ? {} : await readBody(request);
  // The header's absence locks what is made against edits in the UI.
  const provenance = request.headers["x-disable-provenance"] === undefined ? "api" : "";
  const params = found.params;
  const result = found.route.run({ params, body, query: url.searchParams, provenance });
  return { status: found.route.status ?? 200, type: found.route.type, body: result ?? {} };
}

function unauthorized(request: http.IncomingMessage): Answer {
  const given = request.headers.authorization !== undefined;
  return {
    status: 401,
    headers: { "www-authenticate": 'Basic realm="Grafana stand-in"' },
    body: {
      message: given ? "Invalid username or password" : "Unauthorized",
      messageId: given ? "password-auth.failed" : "auth.unauthorized",
      statusCode: 401,
      traceID: "",
    },
  };
}

function refusal(error: unknown): Answer {
  if (error instanceof Refusal) {
    return { status: error.status, body: { message: error.message, ...error.fields } };
  }
  console.error("grafana stand-in:", error);
  return { status: 500, body: { message: "Internal server error" } };
}

async function readBody(request: http.IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Refusal(413, "request body too large");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  if (text === "") return {};
  try {
    const parsed = JSON.parse(text) as unknown;
    if (typeof parsed === "object" && parsed !== null) return parsed as Json;
  } catch {
    // Answered below, like any other body that is no object.
  }
  throw new Refusal(400, "bad request data");
}

function metrics(): string {
  return [
    "# HELP grafana_build_info Build of the server; edition tells that it is a stand-in.",
    "# TYPE grafana_build_info gauge",
    `grafana_build_info{version="${shownVersion}",edition="stand-in"} 1`,
    "# HELP process_resident_memory_bytes Resident memory of the server.",
    "# TYPE process_resident_memory_bytes gauge",
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    "",
  ].join("\n");
}
