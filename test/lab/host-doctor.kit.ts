/** Stacks for the doctor's tests: a host with systemd, sshd and Docker that is a whole federation by its addresses. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConfigValues, readConfig } from "../../components/config";
import { cadvisor } from "../../lab/toolchain/cadvisor";
import { nodeExporter } from "../../lab/toolchain/prometheus";
import { wheels } from "../../lab/toolchain/wheels";
import { FLOWER_PYTHON } from "../../lab/images/host";
import { run } from "../../runner/run";
import { examine } from "../../runner/doctor/examine";
import type { Check, MachineReport } from "../../runner/doctor/checks";
import { PASSWORD, type Editable, type Raw } from "../unit/config-fixture";
import { TestHost } from "./host-installer.kit";

/** Images that the host has by these names; what is in them does not matter to the doctor. */
const IMAGES = {
  prometheus: "doctor-test/prometheus:1",
  alertmanager: "doctor-test/alertmanager:1",
  grafana: "doctor-test/grafana:1",
};

/** One machine with an address for each of the federation's. */
export class DoctorWorld {
  private constructor(
    readonly host: TestHost,
    /** Keys, known_hosts and what else a stack's project has. */
    readonly directory: string,
    /** Of the monitoring VM, the SuperLink and the SuperNode. */
    readonly addresses: { vm: string; superlink: string; supernode: string },
    /** `type base64`. */
    readonly hostKey: string,
    private readonly artifacts: Raw,
  ) {}

  static async start(): Promise<DoctorWorld> {
    const host = await TestHost.start();
    const directory = mkdtempSync(join(tmpdir(), "flower-monitoring-doctor-"));
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(directory, "key")]);
    const publicKey = readFileSync(join(directory, "key.pub"), "utf8").trim();
    const net = host.address.split(".").slice(0, 2).join(".");
    const addresses = {
      vm: host.address,
      superlink: `${net}.201.11`,
      supernode: `${net}.201.21`,
    };
    const hostKey = await host.sh(`
      ip address add ${addresses.superlink}/16 dev eth0
      ip address add ${addresses.supernode}/16 dev eth0
      ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
      echo '${publicKey}' > /root/.ssh/authorized_keys && chmod 600 /root/.ssh/authorized_keys
      systemctl reset-failed ssh; systemctl restart ssh; systemctl start docker
      for image in ${Object.values(IMAGES).join(" ")}; do
        tar -c --files-from /dev/null | docker import - $image >/dev/null
      done
      cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub`);
    const world = new DoctorWorld(host, directory, addresses, hostKey, {
      nodeExporter: (await nodeExporter()).path,
      cadvisor: (await cadvisor()).path,
      wheels: join((await wheels()).path, "prometheus-client"),
    });
    world.pin(Object.values(addresses).map((address) => `${address} ${hostKey}`));
    return world;
  }

  /** What known_hosts says. */
  pin(lines: string[]): void {
    writeFileSync(join(this.directory, "known_hosts"), `${lines.join("\n")}\n`);
  }

  /** A right config for this machine. */
  config(edit?: (raw: Editable) => void): Raw {
    const { vm, superlink, supernode } = this.addresses;
    const raw: Raw = {
      federation: "demo",
      grafanaAdminPassword: PASSWORD,
      ssh: { privateKeyFile: "key", knownHostsFile: "known_hosts" },
      monitoring: { docker: `ssh://root@${vm}`, address: vm },
      superlink: {
        name: "superlink",
        address: superlink,
        flower: { python: FLOWER_PYTHON, controlApi: "127.0.0.1:8000", insecure: true },
      },
      supernodes: [{ name: "supernode-1", address: supernode }],
      alerting: { receivers: [{ name: "ops", webhook: { url: "http://10.0.0.5:8080/alerts" } }] },
      images: IMAGES,
      artifacts: this.artifacts,
    };
    edit?.(raw as unknown as Editable);
    return raw;
  }

  /** The doctor on that config; each machine by its name. */
  async doctor(edit?: (raw: Editable) => void): Promise<Record<string, MachineReport>> {
    const view = readConfig(values(this.config(edit), ["grafanaAdminPassword", "sudo"]), {
      projectDir: this.directory,
      unpinned: true,
    });
    const reports = await examine(view, { parallel: 4 });
    return Object.fromEntries(reports.map((report) => [report.name, report]));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A config as the Automation API gives it. */
export function values(raw: Raw, secretKeys: string[]): ConfigValues {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [
      `flower-monitoring:${key}`,
      {
        value: typeof value === "string" ? value : JSON.stringify(value),
        secret: secretKeys.includes(key),
      },
    ]),
  );
}

/** Faults and warnings of a machine, as `check: what was seen`. */
export function wrong(report: MachineReport | undefined): string[] {
  return (report?.checks ?? [])
    .filter(({ state }) => state === "fault" || state === "warn")
    .map(({ check, seen }) => `${check}: ${seen}`);
}

export function checkOf(report: MachineReport | undefined, name: string): Check | undefined {
  return report?.checks.find(({ check }) => check === name);
}

/** Writes a Pulumi project with that config, as `pulumi config set` would leave it. */
export function writeStack(directory: string, stack: string, raw: Raw): void {
  mkdirSync(directory, { recursive: true });
  const yaml = { name: "flower-monitoring", runtime: "nodejs" };
  writeFileSync(join(directory, "Pulumi.yaml"), JSON.stringify(yaml));
  const config = Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [`flower-monitoring:${key}`, value]),
  );
  writeFileSync(join(directory, `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
}
