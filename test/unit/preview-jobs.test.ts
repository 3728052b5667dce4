/** The CI jobs that write comments: what they call is there, and no job has what it must not have. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { optionsOf } from "../../preview/pull-request-options";

const ROOT = resolve(__dirname, "../..");
const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const commands = [...textOf("lab/cli.ts").matchAll(/case "([\w-]+)":/g)].map(([, name]) => name);

/** What bootstrap.sh is asked for in a text. */
function called(text: string): (string | undefined)[] {
  return [...text.matchAll(/lab\/bootstrap\.sh ([\w-]+)/g)].map(([, name]) => name);
}

describe.each([".github/workflows/preview.yml", ".gitlab/preview.yml"])("%s", (path) => {
  it("renders, posts, and calls only what there is", () => {
    expect(called(textOf(path))).toEqual(["pull-request", "post-comment"]);
    expect(commands).toEqual(expect.arrayContaining(["pull-request", "post-comment"]));
  });
});

/** Options that a script gives to pull-request, as its shell would with these variables. */
function optionsIn(script: string, variables: Record<string, string>): unknown {
  const [, words = ""] = /lab\/bootstrap\.sh pull-request (.*)/.exec(script) ?? [];
  const given = words
    .replace(/\$\{\w+:\+.*?\}/g, "")
    .replace(/"([^"]*)"/g, "$1")
    .replace(/\$(\w+)/g, (_, name: string) => variables[name] ?? "");
  return optionsOf(given.trim().split(/\s+/), "/job");
}

interface Job {
  permissions: Record<string, string>;
  env?: object;
  steps: { run?: string; env?: object; with?: Record<string, unknown> }[];
}

describe("on GitHub", () => {
  const workflow = parse(textOf(".github/workflows/preview.yml")) as {
    on: object;
    permissions: object;
    jobs: { render: Job; post: Job };
  };
  const { render, post } = workflow.jobs;

  it("a pull request's code can write nothing", () => {
    expect(Object.keys(workflow.on)).toEqual(["pull_request"]);
    expect(workflow.permissions).toEqual({});
    expect(render.permissions).toEqual({ contents: "read" });
    expect(JSON.stringify(render)).not.toContain("github.token");
    for (const { with: given } of render.steps) {
      if (given !== undefined && "fetch-depth" in given)
        expect(given["persist-credentials"]).toBe(false);
    }
  });

  it("pictures are named, with the run that has them", () => {
    const script = render.steps.map(({ run = "" }) => run).find((run) => /pull-request/.test(run));
    const github = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "o/r" };
    expect(optionsIn(script ?? "", { ...github, GITHUB_RUN_ID: "7" })).toEqual({
      ...{ base: "HEAD^1", out: "/job/preview-of-changes", stacks: [], installBrowser: false },
      picturesPage: "https://github.com/o/r/actions/runs/7",
    });
  });

  it("who writes runs the base's code, and has no secret of the stack's", () => {
    expect(post.permissions["pull-requests"]).toBe("write");
    expect(post.steps[0]?.with?.["ref"]).toContain("base.sha");
    expect(JSON.stringify(post)).not.toMatch(/secrets\.|PULUMI/);
  });
});

describe("on GitLab", () => {
  const jobs = parse(textOf(".gitlab/preview.yml")) as Record<
    string,
    { script?: string[]; environment?: object; timeout?: string }
  >;

  it("only who writes is in the environment that has the token, and runs the base's code", () => {
    const { "preview:render": render, "preview:post": post } = jobs;
    expect(render).not.toHaveProperty("environment");
    expect(post?.environment).toEqual({ name: "preview", action: "access" });
    expect(post?.script?.[0]).toContain("git checkout --quiet --detach");
    for (const job of [render, post]) expect(job?.timeout).toBeDefined();
  });

  it("pictures are shown from the job's artefact", () => {
    const [script = ""] = jobs["preview:render"]?.script ?? [];
    const gitlab = { CI_MERGE_REQUEST_DIFF_BASE_SHA: "3f2a", CI_JOB_URL: "https://x/-/jobs/1" };
    expect(optionsIn(script, gitlab)).toEqual({
      ...{ base: "3f2a", out: "/job/preview-of-changes", stacks: [], installBrowser: true },
      picturesUrl: "https://x/-/jobs/1/artifacts/raw/preview-of-changes",
    });
    expect(jobs["preview:render"]).toMatchObject({ artifacts: { paths: ["preview-of-changes/"] } });
  });
});
