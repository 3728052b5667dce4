import { readdirSync } from "node:fs";
import { join } from "node:path";
import { versions } from "../../components/versions";
import { run } from "../../runner/run";
import { requireCommand } from "../toolchain/apt";
import type { Toolchain } from "../toolchain/types";
import { debian12, type HostSystem } from "./host-systems";
import { provideImage } from "./import";
import { imageKey } from "./key";
import { ubuntuOptions } from "./ubuntu-archive";

/** What a host has that a federation's operator set up: systemd, sshd, Docker, Python. */
const packagesOf = ({ docker, python }: HostSystem): string[] =>
  [
    ["systemd", "systemd-sysv", "dbus"],
    ["openssh-server", "openssh-client", "sudo"],
    docker ? ["docker.io", "iptables", "iproute2"] : [],
    ["python3", "python3-venv", "procps"],
    // What numpy's wheel needs of the system; Ubuntu's smallest does not have it.
    python === undefined ? [] : ["libstdc++6"],
    // Newer systemds load libseccomp when it is there, and only recommend it.
    ["ca-certificates", "curl", "wget", "openssl", "libseccomp2"],
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

/**
 * The image of a host with systemd and sshd; of every lab host, which is Debian 12, unless another
 * system is named.
 * @param tools.wheels those for the system's Python; not used where it has none for Flower
 */
export function hostImage(
  { docker, wheels }: Pick<Toolchain, "docker" | "wheels">,
  system: HostSystem = debian12,
): Promise<string> {
  const flower = system.python === undefined ? undefined : join(wheels.path, "flower");
  const key = imageKey(
    [
      system.suite,
      process.arch,
      versions.flower,
      ...changes,
      ...packagesOf(system),
      ...dpkgOptions,
      ...(flower === undefined ? [] : readdirSync(flower).sort()),
    ],
    [CUSTOMIZE],
  );
  return provideImage(docker, {
    ref: `flower-monitoring-lab/${system.image}:${key}`,
    key,
    changes,
    writeTar: (tar, _dir, say) => bootstrap(system, tar, flower, say),
    once: { label: `${system.image} image`, expect: "about 2 min", needMiB: 3072 },
  });
}

async function bootstrap(
  system: HostSystem,
  tar: string,
  flower: string | undefined,
  say: (detail: string) => void,
): Promise<void> {
  const mmdebstrap = await requireCommand("mmdebstrap", ["mmdebstrap"], "to make the host image");
  // An air-gapped site sets LAB_DEBIAN_MIRROR; else mmdebstrap's own default with security updates.
  const mirror = process.env["LAB_DEBIAN_MIRROR"] ?? "";
  const ofUbuntu = system.vendor === "ubuntu";
  await run(
    mmdebstrap,
    [
      "--variant=minbase",
      `--include=${packagesOf(system).join(",")}`,
      ...dpkgOptions.map((option) => `--dpkgopt=${option}`),
      `--customize-hook=${CUSTOMIZE}`,
      ...(ofUbuntu ? await ubuntuOptions(mmdebstrap, mirror) : []),
      system.suite,
      tar,
      ...(ofUbuntu || mirror === "" ? [] : [mirror]),
    ],
    {
      env: flower === undefined ? {} : { FLOWER_WHEELS: flower, FLOWER_VERSION: versions.flower },
      onLine: say,
      timeoutMs: 1_800_000,
    },
  );
}

/** Where Flower is on every host, for the stack's configuration. */
export const FLOWER_PYTHON = "/opt/flower/bin/python";
