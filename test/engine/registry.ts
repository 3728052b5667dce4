import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { once } from "../../lab/cache";
import type { Lab } from "../../lab/layout";
import { eventually } from "../../lab/observe";
import { unpackPackage } from "../../lab/toolchain/apt";
import { certificateFor } from "../support/certificate";

const PORT = 15000;

/** A registry of a site's own. */
export interface Registry {
  /** As images begin with it. */
  address: string;
  /** Certificate of its authority, which a Docker engine has to know. */
  ca: string;
  stop: () => Promise<void>;
}

/** Debian's docker-registry, on this machine's address in the lab's network, with TLS. */
export async function startRegistry(lab: Lab): Promise<Registry> {
  const files = await once(
    "tools/docker-registry",
    (dir) => unpackPackage("docker-registry", dir),
    { label: "docker-registry" },
  );
  const dir = await mkdtemp(join(tmpdir(), "flower-monitoring-registry-"));
  const host = `${lab.net}.1`;
  const tls = { key: join(dir, "tls.key"), certificate: join(dir, "tls.crt") };
  const { key, cert: ca } = await certificateFor(host);
  await writeFile(tls.key, key);
  await writeFile(tls.certificate, ca);
  const config = {
    version: 0.1,
    log: { accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(dir, "storage") } },
    http: { addr: `${host}:${PORT}`, tls },
  };
  await writeFile(join(dir, "config.yml"), stringify(config));
  const served = spawn(
    join(files, "usr", "bin", "docker-registry"),
    ["serve", join(dir, "config.yml")],
    { stdio: "ignore" },
  );
  const ended = new Promise((resolve) => served.on("close", resolve));
  await eventually("the registry", 30, () => status(`https://${host}:${PORT}/v2/`, ca), isOk);
  return {
    address: `${host}:${PORT}`,
    ca,
    async stop() {
      served.kill();
      await ended;
      await rm(dir, { recursive: true });
    },
  };
}

const isOk = (code: number | undefined): boolean => code === 200;

function status(url: string, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ca }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", reject);
  });
}
