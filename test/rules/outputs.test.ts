/** The snippets of docs/outputs.md, as they stand there, with a stack's real outputs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { eventually } from "../../lab/observe";
import { prometheusTools } from "../../lab/toolchain/prometheus";
import { run } from "../../runner/run";
import { getJson } from "../../runner/status/ask";
import { runProgram } from "../support/example-program";
import { snippets } from "../support/outputs";
import { freePort } from "../../lab/servers/free-port";

let directory: string;
let outputs: Record<string, Record<string, unknown>>;

/** A pulumi that has this stack's outputs, as the real one prints them. */
const PULUMI = `#!/bin/sh
[ "$1 $2 $3 $5 $6" = "stack output --json --stack production" ] || exit 9
exec cat "$(dirname "$0")/$4.json"
`;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "flower-monitoring-outputs-"));
  ({ outputs } = (await runProgram()) as { outputs: typeof outputs });
  const bin = join(directory, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "pulumi"), PULUMI);
  chmodSync(join(bin, "pulumi"), 0o755);
  const told = {
    ...outputs,
    hosts: {
      ...outputs["hosts"],
      gone: { status: "failed" },
      out: { status: "left out" },
      lost: { status: "lost" },
    },
  };
  for (const [name, value] of Object.entries(told)) {
    writeFileSync(join(bin, `${name}.json`), JSON.stringify(value, null, 2));
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function shell(script: string): Promise<string> {
  const path = [join(directory, "bin"), process.env["PATH"]].join(delimiter);
  const { stdout } = await run("sh", ["-eu"], {
    cwd: directory,
    input: script,
    env: { PATH: path },
  });
  return stdout;
}

const [files = "", hosts = "", click = ""] = snippets("sh");
const [byFiles = "", overHttp = ""] = snippets("yaml");

describe("a shell", () => {
  it("has a file for each job", async () => {
    await shell(files);
    expect(readdirSync(join(directory, "targets")).sort()).toEqual(["flower.json", "node.json"]);
    for (const job of ["flower", "node"]) {
      const list: unknown = JSON.parse(
        readFileSync(join(directory, "targets", `${job}.json`), "utf8"),
      );
      expect(list).toEqual(outputs["scrapeTargets"]?.[job]);
    }
  });

  it("has the hosts that failed, and where to click", async () => {
    expect(await shell(hosts)).toBe("gone: failed\nout: left out\n");
    expect(await shell(click)).toBe("http://172.31.77.10:3000\n");
  });
});

describe("another Prometheus", () => {
  /** Addresses that it found, by job. */
  async function discovered(config: string): Promise<Record<string, string[]>> {
    const { prometheus, promtool } = await prometheusTools();
    const file = join(directory, "prometheus.yml");
    writeFileSync(file, config);
    await run(promtool.path, ["check", "config", file], { cwd: directory });
    const address = `127.0.0.1:${await freePort()}`;
    const words = [`--config.file=${file}`, `--storage.tsdb.path=${join(directory, "data")}`];
    const server = spawn(prometheus.path, [...words, `--web.listen-address=${address}`], {
      stdio: "ignore",
    });
    interface Answer {
      data?: { activeTargets: { discoveredLabels: { __address__: string; job: string } }[] };
    }
    try {
      const answer = await eventually(
        "targets are found",
        60,
        () => getJson(`http://${address}/api/v1/targets`) as Promise<Answer>,
        (found) => (found.data?.activeTargets.length ?? 0) > 0,
      );
      const found = (answer.data?.activeTargets ?? []).map(
        ({ discoveredLabels }) => discoveredLabels,
      );
      const jobs = [...new Set(found.map(({ job }) => job))].sort();
      return Object.fromEntries(
        jobs.map((job) => [
          job,
          found
            .filter((target) => target.job === job)
            .map(({ __address__ }) => __address__)
            .sort(),
        ]),
      );
    } finally {
      const ended = once(server, "exit");
      server.kill("SIGKILL");
      await ended;
    }
  }

  const NODES = ["172.31.77.11:9100", "172.31.77.21:9100", "172.31.77.22:9100"];

  it("finds them in the files", async () => {
    await shell(files);
    expect(await discovered(byFiles)).toEqual({ flower: ["172.31.77.11:9101"], node: NODES });
  });

  it("finds them over HTTP", async () => {
    await shell(files);
    const web = createServer((request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(readFileSync(join(directory, "targets", request.url ?? "")));
    });
    web.listen(0, "127.0.0.1");
    await once(web, "listening");
    const { port } = web.address() as AddressInfo;
    try {
      expect(parse(overHttp)).toHaveProperty("scrape_configs");
      expect(await discovered(overHttp.replace(":8099/", `:${port}/`))).toEqual({ node: NODES });
    } finally {
      web.close();
      web.closeAllConnections();
    }
  });
});
