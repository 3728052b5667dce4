import { readdirSync } from "node:fs";
import { join } from "node:path";
import { versions } from "../../components/versions";
import { run } from "../run";
import { requireCommand } from "../toolchain/apt";
import type { Toolchain } from "../toolchain/types";
import { provideImage } from "./import";
import { imageKey } from "./key";

const SUITE = "bookworm";

/** What a host has that a federation's operator set up: systemd, sshd, Docker, Python. */
const packages = [
  ["systemd", "systemd-sysv", "dbus"],
  ["openssh-server", "openssh-client", "sudo"],
  ["docker.io", "iptables", "iproute2"],
  ["python3", "python3-venv", "procps"],
  ["ca-certificates", "curl", "wget", "openssl"],
].flat();

/** Documentation and translations: half of the size, and nobody reads them here. */
const dpkgOptions = [
  "path-exclude=/usr/share/man/*",
  "path-exclude=/usr/share/info/*",
  "path-exclude=/usr/share/locale/*",
  "path-exclude=/usr/share/doc/*",
];

const CUSTOMIZE = join(__dirname, "host", "customize.sh");

const changes = ['CMD ["/sbin/init"]', "VOLUME /var/lib/docker", "EXPOSE 22"];

/** The image of every lab host: Debian 12 with systemd, sshd, Docker by socket and Flower. */
export function hostImage({
  docker,
  wheels,
}: Pick<Toolchain, "docker" | "wheels">): Promise<string> {
  const flower = join(wheels.path, "flower");
  const mirror = process.env["LAB_DEBIAN_MIRROR"] ?? "";
  const key = imageKey(
    [
      SUITE,
      process.arch,
      versions.flower,
      ...changes,
      ...packages,
      ...dpkgOptions,
      ...readdirSync(flower).sort(),
    ],
    [CUSTOMIZE],
  );
  return provideImage(docker, {
    ref: `flower-monitoring-lab/host:${key}`,
    key,
    changes,
    writeTar: (tar, _dir, say) => bootstrap(tar, flower, mirror, say),
    once: { label: "host image", expect: "about 2 min", needMiB: 3072 },
  });
}

async function bootstrap(
  tar: string,
  flower: string,
  mirror: string,
  say: (detail: string) => void,
): Promise<void> {
  const mmdebstrap = await requireCommand("mmdebstrap", ["mmdebstrap"], "to make the host image");
  await run(
    mmdebstrap,
    [
      "--variant=minbase",
      `--include=${packages.join(",")}`,
      ...dpkgOptions.map((option) => `--dpkgopt=${option}`),
      `--customize-hook=${CUSTOMIZE}`,
      SUITE,
      tar,
      // An air-gapped site sets LAB_DEBIAN_MIRROR; else mmdebstrap's own default with security updates.
      ...(mirror === "" ? [] : [mirror]),
    ],
    {
      env: { FLOWER_WHEELS: flower, FLOWER_VERSION: versions.flower },
      onLine: say,
      timeoutMs: 1_800_000,
    },
  );
}

/** Where Flower is on every host, for the stack's configuration. */
export const FLOWER_PYTHON = "/opt/flower/bin/python";
