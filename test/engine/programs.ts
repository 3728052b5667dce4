import { join } from "node:path";
import { projectEnv, projectOf } from "../../lab/engine";
import { REPO } from "../../lab/engine/project";
import { CommandError, run } from "../../runner/run";
import type { World } from "./world";

/** What a command of the runner, or another program of the repository, printed, and how it ended. */
export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

/** A program of the repository on the config that the operation before it left. */
export function program({ lab, tools }: World, main: string, ...args: string[]): Promise<Said> {
  const words = ["--import", "tsx", join(REPO, main), ...args];
  const env = { ...projectEnv(projectOf(lab), tools), FLOWER_MONITORING_NODE: process.execPath };
  return run(process.execPath, words, { cwd: REPO, env }).then(
    (done) => ({ code: 0, ...done }),
    (error: CommandError) => ({
      code: error.code ?? -1,
      stdout: error.stdout,
      stderr: error.stderr,
    }),
  );
}

/** `npm run COMMAND -- --stack ...`, as a person or CI calls it. */
export function npmRun(world: World, command: string, ...args: string[]): Promise<Said> {
  return program(world, "runner/main.ts", command, "--stack", world.lab.stack, ...args);
}

/** The same with `--json`. */
export async function npmRunJson<Report>(
  world: World,
  command: string,
): Promise<{ code: number; report: Report }> {
  const { code, stdout } = await npmRun(world, command, "--json");
  return { code, report: JSON.parse(stdout) as Report };
}

/** The plain `pulumi` on a stack of the lab; what it prints. @param stack default the lab's own */
export function plainPulumi(
  { lab, tools }: World,
  stack = lab.stack,
): (args: string[], input?: string) => Promise<string> {
  const project = projectOf(lab);
  const env = projectEnv(project, tools);
  return async (args, input = "") => {
    const options = { cwd: project.dir, env, input };
    const { stdout, stderr } = await run("pulumi", [...args, "--stack", stack], options);
    return stdout + stderr;
  };
}
