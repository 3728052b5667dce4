import type Docker from "dockerode";
import { planDiff } from "../kit/diff";
import { compact, type Props } from "../kit/property";
import type { ResourceType } from "../kit/provider";
import { daemonWords, orMissing, type Daemon } from "./client";
import { imageShape, type ImageInputs } from "./shapes";

/** docker:index/remoteImage:RemoteImage: pulled only when the daemon does not have it. */
export function remoteImage(daemon: Daemon): ResourceType {
  const present = async (docker: Docker, props: Props): Promise<{ id: string; state: Props }> => {
    const { name, platform } = props as unknown as ImageInputs;
    const found = await findOrPull(docker, name, platform).catch((error: unknown) => {
      const why = daemonWords(error);
      throw new Error(`Unable to read Docker image into resource: ${why}`, { cause: error });
    });
    return { id: found.id + name, state: { ...props, ...found.outputs } };
  };
  return {
    inputs: imageShape,
    outputs: ["imageId", "repoDigest"],
    changing: ["imageId", "repoDigest"],
    diff: (old, wanted) => ({
      changes: planDiff(imageShape, old.state, wanted),
      deleteBeforeReplace: false,
    }),
    create: (props, op) => daemon.with(op, (docker) => present(docker, props)),
    update: async (_id, _old, props, op) =>
      (await daemon.with(op, (docker) => present(docker, props))).state,
    read: (_id, old, op) =>
      daemon.with(op, async (docker) => {
        const { name } = old.state as unknown as ImageInputs;
        const found = await find(docker, name);
        if (found === undefined) return undefined;
        const state = { ...old.state, ...found.outputs };
        return { id: found.id + name, state, inputs: old.inputs };
      }),
    delete: (_id, state, op) =>
      daemon.with(op, async (docker) => {
        const { name, keepLocally, forceRemove } = state as unknown as ImageInputs;
        if (keepLocally === true || (await find(docker, name)) === undefined) return;
        await docker
          .getImage(name)
          .remove({ force: forceRemove === true })
          .catch((error: unknown) => {
            const said = daemonWords(error);
            throw new Error(`Unable to remove Docker image: ${said}`, { cause: error });
          });
      }),
  };
}

interface Found {
  id: string;
  outputs: Props;
}

/** The image as the daemon has it, pulled when it has not. */
export async function findOrPull(docker: Docker, name: string, platform?: string): Promise<Found> {
  return (await find(docker, name)) ?? (await pull(docker, name, platform));
}

async function find(docker: Docker, name: string): Promise<Found | undefined> {
  const image = await orMissing(docker.getImage(name).inspect());
  if (image === undefined) return undefined;
  // An image made here (build, load, import) has no digest of a registry.
  const digests = (image.RepoDigests as string[] | undefined) ?? [];
  const repository = name.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  const own = digests.find((digest) => digest.split("@")[0] === repository);
  const repoDigest = own ?? digests[0] ?? "";
  return { id: image.Id, outputs: compact({ imageId: image.Id, repoDigest }) };
}

async function pull(docker: Docker, name: string, platform: string | undefined): Promise<Found> {
  const failed = (why: string, cause?: unknown): Error =>
    new Error(`unable to pull image ${name}: error pulling image ${name}: ${why}`, { cause });
  try {
    // Without a tag the daemon would fetch every tag that there is.
    const tagged = /(:[^/:]+|@sha256:[0-9a-f]+)$/.test(name) ? name : `${name}:latest`;
    const stream: NodeJS.ReadableStream = await docker.pull(
      tagged,
      platform === undefined ? {} : { platform },
    );
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(stream, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  } catch (error) {
    throw failed(daemonWords(error), error);
  }
  const found = await find(docker, name);
  if (found === undefined) throw failed("unable to find it after the pull");
  return found;
}
