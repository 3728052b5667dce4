import { spawn } from "node:child_process";
import { openSync, closeSync, existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheRoot } from "../cache";
import { note, step } from "../../runner/progress";
import { CommandError, run } from "../../runner/run";
import { requireCommand } from "./apt";
import { findOnPath } from "./find";
import type { Tool } from "./types";

/** Where dockerd writes its own pid. */
const ENGINE_PID_FILE = "/var/run/docker.pid";
/** Seconds for an engine to answer after its start; a cold one loads its image store first. */
const START_SECONDS = 60;

const dir = () => join(cacheRoot(), "docker");
const pidFile = () => join(dir(), "dockerd.pid");

/**
 * A docker command whose engine answers. An engine that is already there is used as it is; else it
 * is started: by systemd where systemd runs, else by us, noted down for `stopDocker`.
 */
export async function docker(): Promise<Tool> {
  const rung = findOnPath("docker") === undefined ? "registry" : "path";
  const path = await requireCommand("docker", ["docker.io", "iptables"], "to run the lab's hosts");
  const answer = await ask(path);
  if (answer.version !== undefined) return { path, version: answer.version, rung };

  const host = process.env["DOCKER_HOST"];
  if (host !== undefined && host !== "") {
    throw new Error(
      `DOCKER_HOST is ${host} and does not answer: ${answer.fault}. Start it or unset it.`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `No Docker engine answers: ${answer.fault}. Start it (sudo systemctl start docker) and give ` +
        "yourself access (sudo usermod -aG docker $USER, then log in again), or run this as root.",
    );
  }
  const version = await step("start the Docker engine", () =>
    isSystemd() ? startWithSystemd(path) : startOurselves(path),
  );
  return { path, version, rung };
}

/**
 * Stops the engine that the lab started; one that was there before is left alone.
 * @returns whether there was one of ours
 */
export async function stopDocker(): Promise<boolean> {
  const pid = ownEngine();
  if (pid === undefined) return false;
  await step("stop the Docker engine that the lab started", async () => {
    process.kill(pid, "SIGTERM");
    for (let i = 0; i < 150 && ownEngine() !== undefined; i += 1) await sleep(200);
    if (ownEngine() !== undefined) {
      throw new Error(`dockerd (pid ${pid}) is still there 30 s after SIGTERM; see ${dir()}.`);
    }
  });
  await rm(pidFile(), { force: true });
  return true;
}

/** The pid of our own engine while it lives; a pid that now belongs to another program is not it. */
function ownEngine(): number | undefined {
  const pid = readText(pidFile());
  return readText(`/proc/${pid}/comm`) === "dockerd" ? Number(pid) : undefined;
}

function readText(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

async function ask(path: string): Promise<{ version?: string; fault: string }> {
  try {
    const { stdout } = await run(path, ["version", "--format", "{{.Server.Version}}"], {
      timeoutMs: 20_000,
    });
    return { version: stdout.trim(), fault: "" };
  } catch (error) {
    const said = error instanceof CommandError ? error.stderr.trim() : String(error);
    return { fault: said.split("\n").at(-1) ?? "" };
  }
}

async function startWithSystemd(path: string): Promise<string> {
  await requireCommand("dockerd", ["docker.io", "iptables"], "to run the lab's hosts");
  await run("systemctl", ["start", "docker"]);
  return waitForAnswer(path, () => undefined, "journalctl -u docker");
}

async function startOurselves(path: string): Promise<string> {
  const dockerd = await requireCommand("dockerd", ["docker.io", "iptables"], "the Docker engine");
  await requireCommand("iptables", ["iptables"], "for Docker's networks");
  await mkdir(dir(), { recursive: true });
  const logFile = join(dir(), "dockerd.log");
  const log = openSync(logFile, "a");
  // detached is setsid: the engine outlives this process and its terminal.
  const child = spawn(dockerd, [], { detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  let ended: string | undefined;
  child.on("error", (error) => (ended = error.message));
  child.on("exit", (code) => (ended = `exit code ${code}`));
  const version = await waitForAnswer(path, () => ended, logFile);
  child.unref();
  // Two labs may start at once: the engine that answers is ours only if it wrote our pid.
  if (readText(ENGINE_PID_FILE) === String(child.pid)) {
    await writeFile(pidFile(), String(child.pid));
    note(`Docker engine ${version} started (pid ${child.pid}, log ${logFile})`);
  }
  return version;
}

async function waitForAnswer(
  path: string,
  ended: () => string | undefined,
  log: string,
): Promise<string> {
  const until = Date.now() + START_SECONDS * 1000;
  let fault = "";
  while (Date.now() < until) {
    const answer = await ask(path);
    if (answer.version !== undefined) return answer.version;
    fault = answer.fault;
    const how = ended();
    if (how !== undefined) {
      const lines = readText(log)?.split("\n") ?? [];
      throw new Error(
        `dockerd ended at once (${how}). Its log, ${log}, ends with:\n${lines.slice(-10).join("\n")}`,
      );
    }
    await sleep(300);
  }
  throw new Error(
    `The Docker engine does not answer after ${START_SECONDS} s: ${fault}. See ${log}.`,
  );
}

function isSystemd(): boolean {
  return existsSync("/run/systemd/system");
}
