/** A VM for rendered scripts: real sh, a test double of docker, a directory as the volume. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll } from "vitest";
import { cacheRoot } from "../../lab/cache";

/** A shell to run scripts with, and what the commands in them are. */
export interface Shell {
  name: string;
  path: string;
  /** Directories with the commands. */
  commands: string;
}

function onPath(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}

/**
 * The machine's sh, and busybox (shell and commands, as in the official images) where it is.
 * To be called at the top of a test file, which removes what it makes.
 */
export function shells(): { found: Shell[]; missing: string[] } {
  const found: Shell[] = [{ name: "sh", path: "/bin/sh", commands: process.env["PATH"] ?? "" }];
  const cached = join(cacheRoot(), "tools", "busybox-static", "busybox");
  const busybox = existsSync(cached) ? cached : onPath("busybox");
  if (busybox === undefined) return { found, missing: ["busybox: not on PATH, nor in the cache"] };
  const applets = mkdtempSync(join(tmpdir(), "flower-monitoring-applets-"));
  afterAll(() => rmSync(applets, { recursive: true, force: true }));
  const list = spawnSync(busybox, ["--list"], { encoding: "utf8" }).stdout.trim().split("\n");
  for (const applet of list) symlinkSync(busybox, join(applets, applet));
  found.push({ name: "busybox", path: join(applets, "sh"), commands: applets });
  return { found, missing: [] };
}

export interface Outcome {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** One VM; `volume` is also the mount path that scripts are to be rendered for. */
export class FakeVm {
  readonly root = mkdtempSync(join(tmpdir(), "flower-monitoring-vm-"));
  readonly volume = join(this.root, "volume");
  private readonly bin = join(this.root, "bin");

  constructor(readonly shell: Shell) {
    for (const directory of [this.volume, this.bin, join(this.root, "service")]) {
      mkdirSync(directory);
    }
    this.command("docker", readFileSync(join(__dirname, "fake-docker.sh"), "utf8"));
    this.service({ successful: "1\n", timestamp: "100\n" });
  }

  /** Puts an executable on the scripts' PATH. */
  command(name: string, text: string): void {
    writeFileSync(join(this.bin, name), text.replace(/^#!\S+/, `#!${this.shell.path}`));
    chmodSync(join(this.bin, name), 0o755);
  }

  /** Writes files of the running service; see fake-docker.sh. */
  service(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(this.root, "service", name), text);
    }
  }

  /** Runs a script as the deployment does: on standard input of `sh -s`, in a group of its own. */
  run(script: string, options: { dieAt?: string } = {}): Outcome {
    const dieAt = join(this.root, "die_at");
    if (options.dieAt === undefined) rmSync(dieAt, { force: true });
    else writeFileSync(dieAt, options.dieAt);
    rmSync(join(this.root, "calls"), { force: true });
    const { status, signal, stdout, stderr } = spawnSync(this.shell.path, ["-s"], {
      // Waiting is the service's need, not the test's; busybox does not look for sleep on PATH.
      input: `sleep() { :; }\n${script}`,
      encoding: "utf8",
      timeout: 20_000,
      // @types/node leaves it out of spawnSync; kill 0 of the fake must reach the script only.
      ...{ detached: true },
      env: {
        PATH: [this.bin, this.shell.commands].join(delimiter),
        FAKE: this.root,
        FAKE_SHELL: this.shell.path,
        DOCKER_CONTEXT: "must be unset",
      },
    });
    return { code: status, signal, stdout, stderr };
  }

  /** First words of each docker call of the last run. */
  calls(words = 1): string[] {
    const log = join(this.root, "calls");
    if (!existsSync(log)) return [];
    const lines = readFileSync(log, "utf8").trim().split("\n");
    return lines.map((line) => line.split(" ").slice(0, words).join(" "));
  }

  /** The configuration that is switched live, or undefined. */
  live(file = "app.yml"): string | undefined {
    const path = join(this.volume, "current", file);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  }

  /** What the running service has loaded. */
  loaded(): string | undefined {
    const path = join(this.root, "service", "loaded");
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  }

  /** Everything in a directory of the volume, hidden files too, sorted. */
  list(directory = "."): string[] {
    const path = join(this.volume, directory);
    return existsSync(path) ? readdirSync(path).sort() : [];
  }

  /** Lines that a script under test appended to $FAKE/watched. */
  watched(): string[] {
    return readFileSync(join(this.root, "watched"), "utf8").trim().split("\n");
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
