import { planDiff, refreshedInputs } from "../kit/diff";
import { compact, type Props } from "../kit/property";
import type { ResourceType } from "../kit/provider";
import { autoname, nameStays } from "../kit/autoname";
import { daemonWords, orMissing, type Daemon } from "./client";
import { labelList, labelMap } from "./labels";
import { volumeShape, type VolumeInputs } from "./shapes";
import { retryWhile } from "./wait";
import type Docker from "dockerode";

/** docker:index/volume:Volume. Every change replaces, a changed label too, and the data is gone. */
export function volume(daemon: Daemon): ResourceType {
  return {
    inputs: volumeShape,
    outputs: ["driver", "mountpoint"],
    normalise: autoname,
    diff: (old, wanted) => ({
      changes: planDiff(volumeShape, old.state, wanted),
      deleteBeforeReplace: nameStays(old, wanted),
    }),
    create: (props, op) =>
      daemon.with(op, async (docker) => {
        const inputs = props as unknown as VolumeInputs;
        const made = await docker
          .createVolume({
            Name: inputs.name,
            Driver: inputs.driver,
            DriverOpts: inputs.driverOpts,
            Labels: labelMap(inputs.labels),
          })
          .catch((error: unknown) => {
            throw new Error(`Unable to create volume: ${daemonWords(error)}`, { cause: error });
          });
        return { id: made.name, state: (await inspect(docker, made.name)) ?? props };
      }),
    read: (id, old, op) =>
      daemon.with(op, async (docker) => {
        const state = await inspect(docker, id);
        if (state === undefined) return undefined;
        return { state, inputs: refreshedInputs(volumeShape, state, old.inputs) };
      }),
    delete: (id, _state, op) =>
      daemon.with(op, async (docker) => {
        await retryWhile("volume is in use", 30, op, () =>
          orMissing(docker.getVolume(id).remove({ force: true }) as Promise<unknown>),
        );
      }),
  };
}

async function inspect(docker: Docker, name: string): Promise<Props | undefined> {
  const found = await orMissing(docker.getVolume(name).inspect());
  if (found === undefined) return undefined;
  return compact({
    name: found.Name,
    // An old volume may have no labels at all.
    labels: labelList(found.Labels ?? {}),
    driver: found.Driver,
    driverOpts: found.Options ?? {},
    mountpoint: found.Mountpoint,
  });
}
