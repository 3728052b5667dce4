import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createReceiver, type Received } from "../../lab/receiver/server";

let server: Server;
let url: string;
beforeEach(async () => {
  let second = 0;
  server = createReceiver(() => new Date(Date.UTC(2026, 0, 1, 0, 0, second++)));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((done) => server.close(done)));

const post = (body: string) => fetch(`${url}/alerts`, { method: "POST", body });
const list = async () => (await (await fetch(`${url}/alerts`)).json()) as Received[];

test("keeps each payload with its time, newest last", async () => {
  expect((await post('{"status":"firing"}')).status).toBe(200);
  await post('{"status":"resolved"}');
  expect(await list()).toEqual([
    { receivedAt: "2026-01-01T00:00:00.000Z", payload: { status: "firing" } },
    { receivedAt: "2026-01-01T00:00:01.000Z", payload: { status: "resolved" } },
  ]);
});

test("keeps the last 1,000 and forgets the oldest", async () => {
  for (let i = 0; i < 1_003; i += 1) await post(String(i));
  const kept = await list();
  expect(kept).toHaveLength(1_000);
  expect(kept[0]?.payload).toBe(3);
  expect(kept.at(-1)?.payload).toBe(1_002);
});

test("clears on DELETE and is healthy when empty", async () => {
  await post("{}");
  expect((await fetch(`${url}/alerts`, { method: "DELETE" })).status).toBe(200);
  expect(await list()).toEqual([]);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test("refuses what is no JSON, and a path that it does not have, and keeps nothing", async () => {
  expect((await post("{")).status).toBe(400);
  expect((await post("x".repeat(1_100_000))).status).toBe(400);
  expect((await fetch(`${url}/other`)).status).toBe(404);
  expect(await list()).toEqual([]);
});
