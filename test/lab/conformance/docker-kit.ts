import { existsSync } from "node:fs";
import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { run } from "../../../runner/run";
import { tinyImage } from "../../support/tiny-image";

/** Everything these tests make starts so, and is looked for so afterwards. */
export const prefix = "flower-monitoring-conformance";

export const dockerHost = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";

/** False where no engine answers; its tests are then left out, and say so. */
export const dockerHere = existsSync(dockerHost.replace(/^unix:\/\//, ""));

/** A container as the program's own services are: hardened, healthy, clean in a second preview. */
export function service(
  more: Partial<docker.ContainerArgs> = {},
  opts: pulumi.CustomResourceOptions = {},
): docker.Container {
  return new docker.Container(
    "c",
    {
      name: `${prefix}-c`,
      image: tinyImage,
      command: ["sleep", "1000"],
      user: "65534:65534",
      envs: ["A=1"],
      restart: "unless-stopped",
      readOnly: true,
      tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m" },
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      memory: 64,
      memorySwap: 64,
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      ...more,
    },
    opts,
  );
}

/** What the daemon says of a container, or undefined. */
export async function inspect(name: string): Promise<Record<string, unknown> | undefined> {
  const found = await run("docker", ["container", "inspect", name]).catch(() => undefined);
  return found === undefined
    ? undefined
    : (JSON.parse(found.stdout) as Record<string, unknown>[])[0];
}

/** Names of this prefix that the daemon still has. */
export async function leftovers(): Promise<string[]> {
  const filter = ["--filter", `name=${prefix}`];
  const lists = await Promise.all([
    run("docker", ["ps", "-a", ...filter, "--format", "{{.Names}}"]),
    run("docker", ["volume", "ls", ...filter, "--format", "{{.Name}}"]),
    run("docker", ["network", "ls", ...filter, "--format", "{{.Name}}"]),
  ]);
  return lists.flatMap(({ stdout }) => stdout.split("\n")).filter((name) => name !== "");
}
