/** The example stacks on the lab's hosts: as they are, but for addresses, and the lab's own builds. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changes, type Edit } from "../../../lab/engine";
import { scriptOnHost } from "../../../lab/hosts";
import { eventually, query } from "../../../lab/observe";
import { EXAMPLE_SECRETS, exampleSecrets, exampleSettings } from "../../support/example-files";
import { startHttpSink, type HttpSink } from "../../support/http-sink";
import { startSmtpSink, type SmtpSink } from "../../support/smtp-sink";
import { plainPulumi } from "../programs";
import { destroy, operate, up, type World } from "../world";
import { differences, listings } from "./life";

/** Documentation's addresses, and the lab's in their places. */
const PLACES: Record<string, string> = {
  "192.0.2.10": "172.31.78.10",
  "192.0.2.11": "172.31.78.11",
  "192.0.2.21": "172.31.78.21",
  "192.0.2.22": "172.31.78.22",
  "198.51.100.21": "172.31.78.21",
  "198.51.100.22": "172.31.78.22",
  "203.0.113.23": "172.31.78.23",
  // Hosts of other roles are the bastions.
  "198.51.100.1": "172.31.78.10",
  "198.51.100.2": "172.31.78.11",
};

/** This machine's side of the lab's network. */
const HERE = "172.31.78.1";

interface Sinks {
  http: HttpSink;
  smtp: SmtpSink;
  /** Certificate of the mail server's authority. */
  caFile: string;
}

/** The settings of the example in place of the lab's, which keeps its keys and its builds. */
function asExample(name: string, { smtp, caFile }: Sinks): Edit {
  return (config) => {
    const { privateKeyFile, knownHostsFile } = config["ssh"] as Record<string, string>;
    const { images, artifacts } = config;
    for (const key of Object.keys(config)) Reflect.deleteProperty(config, key);
    const text = JSON.stringify(exampleSettings(name))
      .replace(/\d+\.\d+\.\d+\.\d+(?=[:"])/g, (address) => PLACES[address] ?? address)
      .replaceAll("127.0.0.1:8000", "172.31.78.11:8000")
      .replaceAll('"smtp.example.org:587"', JSON.stringify(smtp.address))
      .replaceAll('"passwordSecret"', `"caFile":${JSON.stringify(caFile)},"passwordSecret"`);
    // A destroy that takes everything is what ends this.
    Object.assign(config, JSON.parse(text), { images, artifacts, retainData: false });
    Object.assign(config["ssh"] as object, { privateKeyFile, knownHostsFile });
  };
}

/** Who logs in there: with sudo by a password, or without one; on the VM, Docker is theirs too. */
const account = (name: string, sudo: string): string => `
useradd --create-home --shell /bin/bash ${name}
echo '${name}:${EXAMPLE_SECRETS["sudoPassword"] ?? ""}' | chpasswd
echo '${name} ALL=(ALL) ${sudo}' > /etc/sudoers.d/${name}
mkdir -m 700 ~${name}/.ssh
cp /root/.ssh/authorized_keys ~${name}/.ssh/
chown -R ${name}: ~${name}/.ssh
usermod --append --groups docker ${name}
`;

/** Starts where nothing is deployed, and ends there. */
export function examples(world: () => World): void {
  async function deployed(
    name: string,
    accounts: string,
    proven: (sinks: Sinks) => void,
  ): Promise<void> {
    const { lab } = world();
    for (const host of lab.hosts) await scriptOnHost(host, accounts);
    const before = await listings(world());
    const [http, smtp] = [await startHttpSink(HERE), await startSmtpSink(HERE)];
    const sinks = { http, smtp, caFile: join(lab.dir, "smtp-ca.crt") };
    const edit = asExample(name, sinks);
    const stack = { stack: name };
    try {
      await writeFile(sinks.caFile, smtp.ca);
      // Makes the stack and its file; what it lacks it says.
      await operate(world(), "preview", edit, stack);
      const pulumi = plainPulumi(world(), name);
      for (const key of exampleSecrets(exampleSettings(name))) {
        const path = key === "slackUrl" ? "/slack" : "/ping";
        const value = key.endsWith("Url") ? http.url + path : (EXAMPLE_SECRETS[key] ?? "");
        await pulumi(["config", "set", "--secret", `flower-monitoring:${key}`], value);
      }
      await up(world(), edit, stack);
      await eventually(
        "all its targets are up",
        90,
        () => query(lab, "up == 0"),
        (down) => down.length === 0,
      );
      const labels = await query(lab, `count by (federation) (up{federation="${name}"})`);
      expect(labels.map(({ value }) => value >= 4)).toEqual([true]);
      proven(sinks);
      expect(changes(await operate(world(), "preview", edit, stack))).toEqual([]);
      await destroy(world(), edit, stack);
      expect(await differences(world(), before)).toEqual([]);
    } finally {
      await Promise.all([http.stop(), smtp.stop()]);
    }
  }

  test("staging: another user with a sudo password, one channel, proven", async () => {
    await deployed("staging", account("ops", "ALL"), ({ http }) => {
      expect(http.paths()).toEqual(["/slack"]);
    });
  });

  test("production: bastions, three sites, mail with a login, and a channel", async () => {
    const accounts = account("flower-ops", "NOPASSWD: ALL") + account("jump", "ALL");
    await deployed("production", accounts, ({ http, smtp }) => {
      // Grafana evaluates here, and its stand-in does not: no Watchdog gets to the dead man's switch.
      expect(http.paths()).toEqual(["/slack"]);
      const mails = smtp.mails.map(({ to, login, tls }) => ({ to, login, tls }));
      for (const to of ["on-call@example.org", "federation@example.org"]) {
        const login = `flower-monitoring:${EXAMPLE_SECRETS["smtpPassword"] ?? ""}`;
        expect(mails).toContainEqual({ to: [to], login, tls: true });
      }
    });
  });
}
