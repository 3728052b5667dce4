import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Entries kept; the oldest goes first. A test looks at the last few, memory stays bounded. */
const KEEP = 1_000;
/** Bytes of one payload; Alertmanager's largest group in the lab is far below. */
const MAX_BODY = 1_048_576;

/** One notification as it came in. */
export interface Received {
  /** ISO time at which it arrived. */
  receivedAt: string;
  payload: unknown;
}

/**
 * Stands where a pager would: keeps the webhook payloads that Alertmanager or Grafana sends, so
 * that a person or a test can read them back.
 * `POST /alerts` keeps, `GET /alerts` lists (newest last), `DELETE /alerts` clears, `GET /health`.
 */
export function createReceiver(now: () => Date = () => new Date()): Server {
  let kept: Received[] = [];

  return createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const route = `${request.method ?? ""} ${path}`;
    switch (route) {
      case "POST /alerts":
        readJson(request).then(
          (payload) => {
            kept = [...kept.slice(1 - KEEP), { receivedAt: now().toISOString(), payload }];
            answer(response, 200, { kept: kept.length });
          },
          (error: unknown) => answer(response, 400, { error: String(error) }),
        );
        return;
      case "GET /alerts":
        return answer(response, 200, kept);
      case "DELETE /alerts":
        kept = [];
        return answer(response, 200, { kept: 0 });
      case "GET /health":
        return answer(response, 200, { kept: kept.length });
      default:
        return answer(response, 404, { error: `no ${route}; there is /alerts and /health` });
    }
  });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error(`payload above ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
