import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { asPlanned, planDiff, refreshedInputs, type Change } from "../kit/diff";
import { equal, type Props } from "../kit/property";
import { InitError, type Operation, type ResourceType } from "../kit/provider";
import { autoname } from "../kit/autoname";
import { daemonWords, orMissing, statusOf, type Daemon } from "./client";
import { createOptions, updateOptions } from "./container-config";
import { containerState } from "./container-state";
import { findOrPull } from "./image";
import { containerShape, type ContainerInputs } from "./shapes";
import { tarOf } from "./tar";

/** In the state of a container that was made and did not come up: the next update replaces it. */
const failedMark = "__failed";

/** What Docker itself can change on a container; the other in-place changes only reach the state. */
const applied = ["restart", "maxRetryCount", "cpuShares", "memory", "memoryReservation"].concat([
  "cpuSet",
  "memorySwap",
]);

/** docker:index/container:Container. A replacement deletes first, as names are unique. */
export function container(daemon: Daemon): ResourceType {
  return {
    inputs: containerShape,
    outputs: [
      ...["bridge", "command", "containerLogs", "entrypoints", "envs", "exitCode", "healthcheck"],
      ...["hostname", "init", "ipcMode", "labels", "logDriver", "networkDatas", "securityOpts"],
      ...["shmSize", "stopSignal", "stopTimeout"],
    ],
    normalise: autoname,
    diff(old, wanted) {
      const changes = planDiff(containerShape, old.state, wanted);
      if (old.state[failedMark] === true) changes[failedMark] = failed;
      return { changes, deleteBeforeReplace: true };
    },
    create: (props, op) => daemon.with(op, (docker) => create(docker, props, op)),
    read: (id, old, op) =>
      daemon.with(op, async (docker) => {
        const found = await orMissing(docker.getContainer(id).inspect());
        if (found === undefined) return undefined;
        const kept = { ...old.inputs, ...(old.state[failedMark] === true ? mark : {}) };
        const state = containerState(found, kept);
        return { state, inputs: refreshedInputs(containerShape, state, old.inputs) };
      }),
    update: (id, old, props, op) => daemon.with(op, (docker) => update(docker, id, old, props)),
    delete: (id, state, op) => daemon.with(op, (docker) => remove(docker, id, state)),
  };
}

const failed: Change = { kind: "delete", replace: true, input: false };
const mark: Props = { [failedMark]: true };

async function create(
  docker: Docker,
  props: Props,
  op: Operation,
): Promise<{ id: string; state: Props }> {
  const inputs = props as unknown as ContainerInputs;
  const options = createOptions(inputs);
  await findOrPull(docker, inputs.image).catch((error: unknown) => {
    const why = daemonWords(error);
    throw new Error(`Unable to create container with image ${inputs.image}: ${why}`, {
      cause: error,
    });
  });
  const made = await docker.createContainer(options).catch((error: unknown) => {
    throw new Error(`Unable to create container: ${daemonWords(error)}`, { cause: error });
  });
  // From here on there is a container: whatever fails, the engine must know its id.
  try {
    await connect(docker, made.id, inputs);
    await upload(made, inputs);
    if (inputs.start !== false) {
      await made.start().catch((error: unknown) => {
        throw new Error(`Unable to start container: ${daemonWords(error)}`, { cause: error });
      });
      if (inputs.wait === true) await untilHealthy(made, inputs.waitTimeout ?? 60, op);
    }
    const state = containerState(await made.inspect(), props);
    return { id: made.id, state: asPlanned(containerShape, state, props) };
  } catch (error) {
    const found = await orMissing(made.inspect()).catch(() => undefined);
    const state = found === undefined ? props : containerState(found, props);
    throw new InitError(made.id, { ...state, ...mark }, [daemonWords(error)]);
  }
}

async function connect(docker: Docker, id: string, inputs: ContainerInputs): Promise<void> {
  const networks = inputs.networksAdvanced ?? [];
  if (networks.length === 0) return;
  await docker
    .getNetwork("bridge")
    .disconnect({ Container: id })
    .catch((error: unknown) => {
      if (!daemonWords(error).includes("is not connected to")) throw error;
    });
  for (const { name, aliases, ipv4Address } of networks) {
    const settings = {
      Container: id,
      EndpointConfig: { Aliases: aliases, IPAMConfig: { IPv4Address: ipv4Address } },
    };
    await docker
      .getNetwork(name)
      .connect(settings)
      .catch((error: unknown) => {
        const said = daemonWords(error);
        throw new Error(`Unable to connect to network '${name}': ${said}`, { cause: error });
      });
  }
}

async function upload(made: Docker.Container, inputs: ContainerInputs): Promise<void> {
  for (const file of inputs.uploads ?? []) {
    const given = [file.content, file.contentBase64, file.source].filter(
      (text) => text !== undefined && text !== "",
    );
    if (given.length !== 1) {
      const what = given.length === 0 ? "one" : "only one";
      throw new Error(
        `error with upload content: ${what} of 'content', 'content_base64', or 'source' ` +
          `${given.length === 0 ? "must" : "can"} be set`,
      );
    }
    const content =
      file.source !== undefined && file.source !== ""
        ? await readFile(file.source)
        : Buffer.from(
            file.content ?? file.contentBase64 ?? "",
            file.contentBase64 === undefined ? "utf8" : "base64",
          );
    const mode =
      file.permissions !== undefined
        ? Number.parseInt(file.permissions, 8)
        : file.executable === true
          ? 0o744
          : 0o644;
    await made.putArchive(tarOf(file.file, content, mode), { path: "/" });
  }
}

async function untilHealthy(made: Docker.Container, seconds: number, op: Operation): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const { Health: health } = (await made.inspect()).State;
    if (health === undefined) {
      throw new Error(
        "you have supplied a 'wait' argument, but the container does not have a healthcheck defined. " +
          "Please remove the 'wait' argument or add a 'healthcheck' attribute",
      );
    }
    if (health.Status === "healthy") return;
    const left = end - Date.now();
    if (left <= 0) throw new Error("container failed to be in healthy state");
    await sleep(Math.min(1000, left), undefined, { signal: op.signal });
  }
}

async function update(docker: Docker, id: string, old: Props, props: Props): Promise<Props> {
  const inputs = props as unknown as ContainerInputs;
  const running = docker.getContainer(id);
  if (old["mustRun"] === false && inputs.mustRun !== false && inputs.start !== false) {
    await running.start().catch((error: unknown) => {
      // 304: someone has started it since.
      if (statusOf(error) === 304) return;
      throw new Error(`Unable to start container: ${daemonWords(error)}`, { cause: error });
    });
  }
  if (applied.some((name) => !equal(old[name], props[name]))) {
    await running.update(updateOptions(inputs)).catch((error: unknown) => {
      throw new Error(`Unable to update a container: ${daemonWords(error)}`, { cause: error });
    });
  }
  return { ...old, ...props };
}

async function remove(docker: Docker, id: string, state: Props): Promise<void> {
  const { destroyGraceSeconds = 0, removeVolumes } = state as unknown as ContainerInputs;
  const doomed = docker.getContainer(id);
  const ignoring = async (what: string, done: Promise<unknown>): Promise<void> => {
    await done.catch((error: unknown) => {
      const said = daemonWords(error);
      // 304: it is stopped already.
      if (statusOf(error) === 304 || /No such container|is already in progress/.test(said)) return;
      throw new Error(`Error ${what} container ${id}: ${said}`, { cause: error });
    });
  };
  await ignoring("stopping", doomed.stop({ t: Math.max(0, destroyGraceSeconds) }));
  await ignoring("deleting", doomed.remove({ v: removeVolumes !== false, force: true }));
  await ignoring("waiting for removal of", doomed.wait({ condition: "removed" }));
}
