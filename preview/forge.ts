/** Comments of a pull request on GitHub, or a merge request on GitLab, over their APIs. */
import { readFileSync } from "node:fs";
import { UsageError } from "../runner/errors";

export interface ForgeComment {
  id: number;
  body: string;
}

/** One pull request, as far as comments of ours are concerned. */
export interface Forge {
  /** Those that we wrote: somebody else's may have our mark too. */
  comments(): Promise<ForgeComment[]>;
  create(body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
}

const PER_PAGE = 100;
/** A pull request with more comments than this gets a new one. */
const MOST_PAGES = 20;
const TIMEOUT_MS = 30_000;

/**
 * From what the CI tells its jobs.
 * @throws UsageError outside of one, or without a token
 */
export function forgeOf(env: NodeJS.ProcessEnv): Forge {
  if (env["GITHUB_ACTIONS"] === "true") return github(env);
  if (env["GITLAB_CI"] === "true") return gitlab(env);
  throw new UsageError(
    "post: got neither $GITHUB_ACTIONS nor $GITLAB_CI; allowed: a job of GitHub's or GitLab's CI; do: put the file there by hand",
  );
}

function needed(env: NodeJS.ProcessEnv, name: string, what: string): string {
  const value = env[name];
  if (value !== undefined && value !== "") return value;
  throw new UsageError(`${name}: got nothing; allowed: ${what}; do: docs/previews.md has the job`);
}

type Ask = (method: string, path: string, body?: object) => Promise<unknown>;

/** @param headers hold the token, which no error repeats */
function api(url: string, headers: Record<string, string>): Ask {
  return async (method, path, body) => {
    const response = await fetch(`${url.replace(/\/$/, "")}${path}`, {
      method,
      headers: { accept: "application/json", "content-type": "application/json", ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${path} was answered ${response.status}: ${text.slice(0, 300)}`);
    }
    return text === "" ? {} : (JSON.parse(text) as unknown);
  };
}

/** All pages of a list. */
async function pages<T>(ask: Ask, path: string): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const found = (await ask("GET", `${path}?per_page=${PER_PAGE}&page=${page}`)) as T[];
    all.push(...found);
    if (found.length < PER_PAGE) break;
  }
  return all;
}

function github(env: NodeJS.ProcessEnv): Forge {
  const token = needed(env, "GITHUB_TOKEN", "a token with pull-requests: write");
  const repository = needed(env, "GITHUB_REPOSITORY", "owner/name, as GitHub gives it");
  const number = pullNumber(
    needed(env, "GITHUB_EVENT_PATH", "the event's file, as GitHub gives it"),
  );
  const author = env["PREVIEW_AUTHOR"] ?? "github-actions[bot]";
  const ask = api(env["GITHUB_API_URL"] ?? "https://api.github.com", {
    authorization: `Bearer ${token}`,
    "x-github-api-version": "2022-11-28",
  });
  const issues = `/repos/${repository}/issues`;
  return {
    async comments() {
      const all = await pages<ForgeComment & { user: { login: string } | null }>(
        ask,
        `${issues}/${number}/comments`,
      );
      return all.filter(({ user }) => user?.login === author);
    },
    create: async (body) => void (await ask("POST", `${issues}/${number}/comments`, { body })),
    update: async (id, body) => void (await ask("PATCH", `${issues}/comments/${id}`, { body })),
  };
}

function pullNumber(eventFile: string): number {
  const event = JSON.parse(readFileSync(eventFile, "utf8")) as {
    pull_request?: { number?: number };
  };
  const number = event.pull_request?.number;
  if (number !== undefined) return number;
  throw new UsageError(
    "GITHUB_EVENT_PATH: got an event without a pull request; allowed: pull_request; do: docs/previews.md has the job",
  );
}

function gitlab(env: NodeJS.ProcessEnv): Forge {
  const token = needed(env, "PREVIEW_TOKEN", "a project access token with the scope api");
  const project = needed(env, "CI_PROJECT_ID", "the project, as GitLab gives it");
  const number = needed(env, "CI_MERGE_REQUEST_IID", "a merge request's pipeline");
  const ask = api(needed(env, "CI_API_V4_URL", "the API, as GitLab gives it"), {
    "private-token": token,
  });
  const notes = `/projects/${encodeURIComponent(project)}/merge_requests/${number}/notes`;
  return {
    async comments() {
      const me = (await ask("GET", "/user")) as { id: number };
      const all = await pages<ForgeComment & { author: { id: number } }>(ask, notes);
      return all.filter(({ author }) => author.id === me.id);
    },
    create: async (body) => void (await ask("POST", notes, { body })),
    update: async (id, body) => void (await ask("PUT", `${notes}/${id}`, { body })),
  };
}
