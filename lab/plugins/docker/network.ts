import { planDiff, refreshedInputs } from "../kit/diff";
import { compact, type Props } from "../kit/property";
import type { ResourceType } from "../kit/provider";
import { autoname, nameStays } from "../kit/autoname";
import { daemonWords, orMissing, type Daemon } from "./client";
import { labelList, labelMap } from "./labels";
import { networkShape, type NetworkInputs } from "./shapes";
import { retryWhile } from "./wait";
import type Docker from "dockerode";

/** docker:index/network:Network: every change replaces. */
export function network(daemon: Daemon): ResourceType {
  return {
    inputs: networkShape,
    outputs: ["driver", "internal", "ipamConfigs", "options", "scope"],
    normalise: autoname,
    diff: (old, wanted) => ({
      changes: planDiff(networkShape, old.state, wanted),
      deleteBeforeReplace: nameStays(old, wanted),
    }),
    create: (props, op) =>
      daemon.with(op, async (docker) => {
        const inputs = props as unknown as NetworkInputs;
        const made = await docker.createNetwork(createOptions(inputs)).catch((error: unknown) => {
          throw new Error(`Unable to create network: ${daemonWords(error)}`, { cause: error });
        });
        return { id: made.id, state: (await inspect(docker, made.id)) ?? props };
      }),
    read: (id, old, op) =>
      daemon.with(op, async (docker) => {
        const state = await inspect(docker, id);
        if (state === undefined) return undefined;
        return { state, inputs: refreshedInputs(networkShape, state, old.inputs) };
      }),
    delete: (id, _state, op) =>
      daemon.with(op, async (docker) => {
        await retryWhile("has active endpoints", 30, op, () =>
          orMissing(docker.getNetwork(id).remove() as Promise<unknown>),
        );
      }),
  };
}

function createOptions(inputs: NetworkInputs): Docker.NetworkCreateOptions {
  return {
    Name: inputs.name ?? "",
    Driver: inputs.driver,
    Internal: inputs.internal,
    Attachable: inputs.attachable,
    EnableIPv6: inputs.ipv6,
    Options: inputs.options,
    Labels: labelMap(inputs.labels),
    IPAM: {
      Driver: inputs.ipamDriver ?? "default",
      Config: inputs.ipamConfigs?.map((config) => ({
        Subnet: config.subnet ?? "",
        IPRange: config.ipRange,
        Gateway: config.gateway ?? "",
        AuxiliaryAddresses: config.auxAddress,
      })),
    },
  };
}

async function inspect(docker: Docker, id: string): Promise<Props | undefined> {
  const found = await orMissing(docker.getNetwork(id).inspect());
  if (found === undefined) return undefined;
  const configs = found.IPAM?.Config ?? [];
  return compact({
    name: found.Name,
    labels: labelList(found.Labels ?? {}),
    driver: found.Driver,
    internal: found.Internal,
    attachable: found.Attachable,
    ipv6: found.EnableIPv6,
    options: found.Options ?? {},
    ipamDriver: found.IPAM?.Driver ?? "default",
    ipamConfigs: configs.map((config) => ({
      subnet: config.Subnet,
      ...(config.IPRange === undefined ? {} : { ipRange: config.IPRange }),
      ...(config.Gateway === undefined ? {} : { gateway: config.Gateway }),
    })),
    scope: found.Scope,
  });
}
