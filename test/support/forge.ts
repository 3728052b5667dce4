/** Stands where GitHub's and GitLab's APIs are: comments of one pull request, page by page. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Comment {
  id: number;
  body: string;
  /** As GitHub has it, and as GitLab. */
  user: { login: string };
  author: { id: number };
}

export interface ForgeServer {
  url: string;
  comments: Comment[];
  /** METHOD and path of each request, oldest first. */
  asked: string[];
  /** Answers of what would be written from now on. @default 201 and 200 */
  refuse(status: number): void;
  stop(): Promise<void>;
}

export const TOKEN = "canary-forge-token";
/** Who the token belongs to. */
export const ME = { login: "github-actions[bot]", id: 7 };

export async function startForge(): Promise<ForgeServer> {
  const comments: Comment[] = [];
  const asked: string[] = [];
  let refusal: number | undefined;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? "", "http://forge");
      asked.push(`${request.method ?? ""} ${url.pathname}`);
      const answer = (status: number, value: unknown): void =>
        void response
          .writeHead(status, { "content-type": "application/json" })
          .end(JSON.stringify(value));
      const { authorization, "private-token": token } = request.headers;
      if (authorization !== `Bearer ${TOKEN}` && token !== TOKEN)
        return answer(401, { message: "no" });
      if (url.pathname === "/user") return answer(200, { id: ME.id });
      if (request.method === "GET") {
        const [size, page] = ["per_page", "page"].map((key) => Number(url.searchParams.get(key)));
        const start = ((page ?? 1) - 1) * (size ?? 30);
        return answer(200, comments.slice(start, start + (size ?? 30)));
      }
      if (refusal !== undefined) return answer(refusal, { message: "not accessible" });
      if (request.method === "POST") {
        const made = {
          id: comments.length + 1,
          body,
          user: { login: ME.login },
          author: { id: ME.id },
        };
        comments.push(made);
        return answer(201, made);
      }
      const id = Number(url.pathname.split("/").at(-1));
      const found = comments.find((comment) => comment.id === id);
      if (found === undefined) return answer(404, { message: "none" });
      found.body = body;
      return answer(200, found);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ comments, asked },
    refuse: (status) => void (refusal = status),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? "" : ((JSON.parse(text) as { body?: string }).body ?? "");
}
