import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  download,
  downloadText,
  findChecksum,
  isReachable,
  UnreachableError,
} from "../../lab/toolchain/download";

const content = "the archive";
const sha256 = createHash("sha256").update(content).digest("hex");
const silent = () => undefined;

let dir: string;
const servers: Server[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "download-test-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  rmSync(dir, { recursive: true });
});

/** A server on this machine; returns its origin. */
async function serve(listener: RequestListener, port = 0): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((ready) => server.listen(port, "127.0.0.1", ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("download", () => {
  test("keeps a file whose checksum is right and says how far it is", async () => {
    const said: string[] = [];
    const origin = await serve((_request, response) => response.end(content));
    await download(`${origin}/x`, join(dir, "x"), sha256, (text) => said.push(text));
    expect(readFileSync(join(dir, "x"), "utf8")).toBe(content);
    expect(said.at(-1)).toContain("MiB");
  });

  test("refuses a file with another checksum, showing both", async () => {
    const origin = await serve((_request, response) => response.end("something else"));
    const work = download(`${origin}/x`, join(dir, "x"), sha256, silent);
    await expect(work).rejects.toThrow(new RegExp(`sha256 is \\w{64}.*says ${sha256}`));
  });

  test("a server's no is an error with its status, and the server counts as reachable", async () => {
    const origin = await serve((_request, response) => response.writeHead(404).end());
    await expect(downloadText(`${origin}/x`)).rejects.toThrow(`${origin}/x: HTTP 404`);
    expect(await isReachable(origin)).toBe(true);
  });

  test("an origin that does not answer is asked once, not again", async () => {
    const origin = await serve((_request, response) => response.end());
    const port = Number(new URL(origin).port);
    await new Promise((done) => servers.pop()?.close(done));
    await expect(downloadText(`${origin}/x`)).rejects.toBeInstanceOf(UnreachableError);

    let asked = 0;
    await serve((_request, response) => {
      asked += 1;
      response.end();
    }, port);
    await expect(downloadText(`${origin}/y`)).rejects.toThrow(/cannot be reached/);
    expect(await isReachable(origin)).toBe(false);
    expect(asked).toBe(0);
  });

  test("an origin that takes the connection and says nothing costs about 5 s", async () => {
    const origin = await serve(() => undefined);
    const started = Date.now();
    await expect(downloadText(`${origin}/x`)).rejects.toThrow(/no answer in 5 s/);
    expect(Date.now() - started).toBeLessThan(8_000);
  });
});

describe("findChecksum", () => {
  const other = "f".repeat(64);

  test("finds the exact name, in text and binary notation", () => {
    const list = `${other}  tool.tar.gz.sig\n${sha256}  tool.tar.gz\n${other} *b.tar.gz\n`;
    expect(findChecksum(list, "tool.tar.gz")).toBe(sha256);
    expect(findChecksum(list, "b.tar.gz")).toBe(other);
  });

  test("fails for a name that is not listed and for what is no sha256", () => {
    expect(() => findChecksum(`${sha256}  a`, "b")).toThrow("does not name b");
    expect(() => findChecksum("1234  b", "b")).toThrow("does not name b");
  });
});
