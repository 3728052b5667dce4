import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that a sink got. */
export interface SunkRequest {
  /** Path and query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** How a path is answered from now on. */
export interface Answer {
  status: number;
  body: string;
  type?: string;
}

/** Stands where the services are that Alertmanager posts to; keeps what it gets. */
export interface HttpSink {
  url: string;
  /** Requests of a path, oldest first. */
  got(path: string): SunkRequest[];
  paths(): string[];
  /** Lets a path answer otherwise. @default 200 and `{}`; Slack's two as Slack answers */
  answer(path: string, answer: Answer): void;
  stop(): Promise<void>;
}

/** A webhook of Slack's says `ok` in plain text, its API `{"ok":true}`: Alertmanager looks at both. */
const SLACK: Record<string, Answer> = {
  "/slack": { status: 200, body: "ok", type: "text/plain" },
  "/chat.postMessage": { status: 200, body: '{"ok":true}' },
};

/** @param address where it listens: loopback, or the side of a Docker network that is this machine. */
export async function startHttpSink(address = "127.0.0.1"): Promise<HttpSink> {
  const requests: SunkRequest[] = [];
  const answers = new Map(Object.entries(SLACK));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "";
      const text = Buffer.concat(chunks).toString("utf8");
      const body = JSON.parse(text || "{}") as Record<string, unknown>;
      requests.push({ path, headers: request.headers, body });
      const { status, body: words, type } = answers.get(path) ?? { status: 200, body: "{}" };
      response.writeHead(status, { "content-type": type ?? "application/json" }).end(words);
    });
  });
  server.listen(0, address);
  await once(server, "listening");
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    got: (path) => requests.filter((request) => request.path === path),
    paths: () => [...new Set(requests.map(({ path }) => path))].sort(),
    answer: (path, answer) => void answers.set(path, answer),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
