import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const SCRIPT = join(__dirname, "../../host/container.sh");
const directory = mkdtempSync(join(tmpdir(), "host-container-"));
afterAll(() => rmSync(directory, { recursive: true }));

const TOOLS = ["awk", "cat", "dirname", "getent", "grep", "sha256sum", "timeout", "tr"];

/** An engine that has every image and says how it is asked to run one. */
const engine = (version: string): string => `#!/bin/sh
case $1 in
  --version) echo "${version}" ;;
  image) echo sha256:1 ;;
  run) echo "$(basename "$0")"; shift; printf '%s\\n' "$@" ;;
esac
`;

/** A PATH with these engines, by the name of their command, and no other one. */
function pathWith(engines: Record<string, string>): string {
  const bin = mkdtempSync(join(directory, "bin-"));
  for (const tool of [...TOOLS, "basename", "sh"]) {
    symlinkSync(
      execFileSync("sh", ["-c", `command -v ${tool}`])
        .toString()
        .trim(),
      join(bin, tool),
    );
  }
  for (const [name, version] of Object.entries(engines)) {
    writeFileSync(join(bin, name), engine(version));
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

function run(engines: Record<string, string>, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync("sh", [SCRIPT, ...words], {
    env: { PATH: pathWith(engines) },
    encoding: "utf8",
  });
  return { status, lines: stdout.trim().split("\n"), stderr };
}

const DOCKER = { docker: "Docker version 20.10.24" };
const PODMAN = { podman: "podman version 4.3.1" };
const start = (engines: Record<string, string>, ...options: string[]) =>
  run(engines, "run", "c1", "image:1", ...options, "--", "-f", "--gpus=all").lines;

describe("the script that runs containers", () => {
  it("puts the image between options and arguments, and takes arguments as they are", () => {
    expect(start(DOCKER, "--read-only", "--gpus=all")).toEqual([
      "docker",
      ...["--rm", "--name", "c1", "--read-only", "--gpus=all", "image:1", "-f", "--gpus=all"],
    ]);
  });

  it("asks Podman for GPUs in its own words, where there is no Docker", () => {
    expect(start(PODMAN, "--gpus=all")).toEqual([
      "podman",
      ...["--rm", "--name", "c1", "--device=nvidia.com/gpu=all", "image:1", "-f", "--gpus=all"],
    ]);
    expect(start({ ...DOCKER, ...PODMAN })[0]).toBe("docker");
    // The package podman-docker.
    expect(start({ docker: "podman version 4.3.1", ...PODMAN })[0]).toBe("podman");
  });

  it("publishes on an IP address, also where the host is known by its name", () => {
    const published = (address: string) => start(DOCKER, `--publish=${address}:9400:9400`)[4];

    expect(published("10.0.0.21")).toBe("--publish=10.0.0.21:9400:9400");
    expect(published("[2001:db8::1]")).toBe("--publish=[2001:db8::1]:9400:9400");
    expect(published("localhost")).toMatch(/^--publish=(127\.0\.0\.1|\[::1\]):9400:9400$/);
    expect(run(DOCKER, "run", "c1", "i", "--publish=no.invalid:1:1", "--")).toMatchObject({
      status: 1,
      stderr: "the name no.invalid cannot be resolved on this host\n",
    });
  });

  it("says when there is no engine, or no such command", () => {
    expect(run({}, "running", "c1")).toMatchObject({
      status: 1,
      stderr: "neither Docker nor Podman is on this host\n",
    });
    expect(run(DOCKER, "start", "c1").stderr).toContain('got "start"; allowed: run, stop,');
  });
});
