/** A host for single steps of the installer: real shells, and tools that only note how they are called. */
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
import { delimiter, dirname, join } from "node:path";

const STEPS = join(__dirname, "..", "..", "host", "steps");
const PARTS = join(__dirname, "..", "..", "host", "parts");

/** What sh is on the distributions: dash on Debian and Ubuntu, bash on RHEL's family. */
export const hostShells = [
  { name: "dash as sh", program: "dash" },
  { name: "bash as sh", program: "bash" },
].filter(({ program }) => onPath(program) !== undefined);

/** The commands that every distribution has; anything else is there only as a `tool`. */
const BASICS = [
  ["awk", "cat", "chmod", "cp", "cut", "date", "df", "dirname", "false", "grep", "id", "ln"],
  ["ls", "mkdir", "mv", "readlink", "rm", "sed", "sh", "sha256sum", "stat", "tail", "tar", "tr"],
].flat();

function onPath(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}

/** A host in a scratch directory; `remove` takes it away. */
export class FakeHost {
  readonly directory = mkdtempSync(join(tmpdir(), "flower-monitoring-host-"));
  /** The release that the steps work on. */
  readonly here = join(this.directory, "opt", "releases", "abc");
  readonly #bin = join(this.directory, "bin");
  readonly #calls = join(this.directory, "calls");

  constructor(private readonly shell: string) {
    for (const path of [this.here, this.#bin, join(this.directory, "units")]) {
      mkdirSync(path, { recursive: true });
    }
    for (const name of BASICS) {
      const real = onPath(name);
      if (real === undefined) throw new Error(`this machine has no ${name}`);
      symlinkSync(real, join(this.#bin, name));
    }
  }

  /** Puts a tool on the host: a script, whose calls are noted before it runs. */
  tool(name: string, script = "exit 0"): void {
    const path = join(this.#bin, name);
    rmSync(path, { force: true });
    const note = `echo "${name} $*" >> "${this.#calls}"`;
    writeFileSync(path, `#!/bin/sh\n${note}\n${script}\n`);
    chmodSync(path, 0o755);
  }

  /** Takes away one of the commands that a host usually has. */
  without(name: string): void {
    rmSync(join(this.#bin, name));
  }

  /** Puts a file into the release. */
  file(path: string, content: string | Buffer, mode = 0o644): void {
    mkdirSync(dirname(join(this.here, path)), { recursive: true });
    writeFileSync(join(this.here, path), content);
    chmodSync(join(this.here, path), mode);
  }

  read(path: string): string {
    return readFileSync(join(this.here, path), "utf8");
  }

  /** How the tools were called so far, each as one line, of this host's own paths only the end. */
  calls(): string[] {
    if (!existsSync(this.#calls)) return [];
    const lines = readFileSync(this.#calls, "utf8").trim().split("\n");
    return lines.map((line) => line.replaceAll(this.directory, "").trimEnd());
  }

  /** Runs a few lines that use the steps' functions, as install.sh would. */
  run(lines: string, env: Record<string, string> = {}) {
    const sources = [
      ...readdirSync(STEPS).map((name) => join(STEPS, name)),
      ...readdirSync(PARTS).map((name) => join(PARTS, name)),
    ];
    const script = `set -eu
here=${this.here} root=${this.directory}/opt state=${this.directory}/state unit_dir=${this.directory}/units
account=flower-monitoring step=test phase=idle FM_HOST=h1 FM_ADDRESS=10.0.0.1 FM_PYTHON=
${sources.map((path) => `. ${path}`).join("\n")}
${lines}
`;
    const { status, stdout, stderr } = spawnSync(onPath(this.shell) ?? this.shell, ["-c", script], {
      argv0: "sh",
      encoding: "utf8",
      env: { PATH: this.#bin, LC_ALL: "C", ...env },
      input: "",
    });
    const own = (text: string) => text.replaceAll(this.directory, "");
    return { code: status, stdout: own(stdout), stderr: own(stderr) };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
