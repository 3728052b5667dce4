/** A comment takes the place of its last one, and of no other. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { marker } from "../../preview/comment";
import { forgeOf } from "../../preview/forge";
import { post } from "../../preview/post";
import { type ForgeServer, startForge, TOKEN } from "../support/forge";

let server: ForgeServer;
let directory: string;
beforeEach(async () => {
  server = await startForge();
  directory = mkdtempSync(join(tmpdir(), "flower-monitoring-post-"));
  writeFileSync(join(directory, "event.json"), JSON.stringify({ pull_request: { number: 5 } }));
});
afterEach(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

const ENV = {
  GitHub: (): NodeJS.ProcessEnv => ({
    GITHUB_ACTIONS: "true",
    GITHUB_TOKEN: TOKEN,
    GITHUB_REPOSITORY: "acme/federation",
    GITHUB_EVENT_PATH: join(directory, "event.json"),
    GITHUB_API_URL: server.url,
  }),
  GitLab: (): NodeJS.ProcessEnv => ({
    GITLAB_CI: "true",
    PREVIEW_TOKEN: TOKEN,
    CI_PROJECT_ID: "12",
    CI_MERGE_REQUEST_IID: "5",
    CI_API_V4_URL: `${server.url}/`,
  }),
};

const text = (words: string, stack = "trial"): string => `${marker(stack)}\n\n${words}\n`;

describe.each(["GitHub", "GitLab"] as const)("on %s", (name) => {
  const put = (body: string): Promise<string> => post(body, forgeOf(ENV[name]()));

  it("is new once, then the same, then in its place", async () => {
    expect(await put(text("one"))).toBe("created");
    expect(await put(text("one"))).toBe("same");
    expect(await put(text("two"))).toBe("updated");
    expect(server.comments.map(({ body }) => body)).toEqual([text("two")]);
    const where =
      name === "GitHub" ? "/repos/acme/federation/issues" : "/projects/12/merge_requests/5";
    for (const asked of server.asked.filter((line) => !line.endsWith("/user"))) {
      expect(asked).toContain(where);
    }
  });

  it("is one for each stack", async () => {
    await put(text("a", "production"));
    await put(text("b", "staging"));
    await put(text("c", "staging"));
    expect(server.comments.map(({ body }) => body)).toEqual([
      text("a", "production"),
      text("c", "staging"),
    ]);
  });

  it("is found behind many others, and nobody else's is taken for it", async () => {
    const other = { user: { login: "mallory" }, author: { id: 8 } };
    for (let id = 1; id <= 120; id++) server.comments.push({ id, body: text("forged"), ...other });
    expect(await put(text("one"))).toBe("created");
    expect(await put(text("two"))).toBe("updated");
    expect(server.comments).toHaveLength(121);
    expect(server.comments.filter(({ body }) => body === text("forged"))).toHaveLength(120);
  });

  it("is refused with the answer, and without the token", async () => {
    server.refuse(403);
    const said = await put(text("one")).catch((error: Error) => error.message);
    expect(said).toMatch(/^POST \/.* was answered 403: .*not accessible/);
    expect(said).not.toContain(TOKEN);
  });
});

it("refuses what is no comment, and jobs that are none", async () => {
  await expect(post("any text", forgeOf(ENV.GitHub()))).rejects.toThrow(
    /^FILE: got a text without/,
  );
  expect(() => forgeOf({})).toThrow(/^post: got neither/);
  expect(() => forgeOf({ ...ENV.GitHub(), GITHUB_TOKEN: "" })).toThrow(
    /^GITHUB_TOKEN: got nothing/,
  );
  writeFileSync(join(directory, "event.json"), "{}");
  expect(() => forgeOf(ENV.GitHub())).toThrow(/^GITHUB_EVENT_PATH: got an event without/);
});
