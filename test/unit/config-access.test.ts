import { describe, expect, it } from "vitest";
import type { Case, Expected } from "./config-fixture";
import {
  FILES,
  expectFaults,
  junk,
  knownHosts,
  parse,
  privateKey,
  publicKey,
} from "./config-fixture";

const KEY_FILE = "/home/op/.ssh/id_ed25519";
const BASTION = { address: "203.0.113.7", user: "jump" };
const withBastionKey = `${knownHosts}\n203.0.113.7 ${publicKey("ssh-ed25519", "b")}`;

describe("how hosts are reached", () => {
  it("through a bastion, whose host key is pinned like any other", () => {
    const config = parse({
      edit: (raw) => {
        raw.ssh!.bastions = junk({ "hospital-1": BASTION });
        raw.supernodes![0]!.bastion = junk("hospital-1");
      },
      files: { "/project/known_hosts": withBastionKey },
    });

    expect(config.hosts.map(({ bastion }) => bastion)).toEqual([
      undefined,
      { ...BASTION, port: 22, hostKey: publicKey("ssh-ed25519", "b") },
      undefined,
    ]);
  });

  it("with a passphrase and a sudo password, by the names of their secret keys", () => {
    const config = parse({
      edit: (raw) => {
        raw.monitoring!.docker = junk("unix:///var/run/docker.sock");
        raw.ssh!.user = junk("ops");
        raw.ssh!.passphraseSecret = junk("sshPassphrase");
        raw.ssh!.sudoPasswordSecret = junk("sudoAll");
        raw.supernodes![0]!.sudoPasswordSecret = junk("sudoOne");
        raw.supernodes![1]!.user = junk("root");
        Object.assign(raw, {
          sshPassphrase: "p4ssphrase",
          sudoAll: "all-of-them",
          sudoOne: "just-one",
        });
      },
      files: { ...FILES, [KEY_FILE]: privateKey("aes256-ctr") },
      secret: ["grafanaAdminPassword", "sshPassphrase", "sudoAll", "sudoOne"],
    });

    expect(config.ssh.passphraseSecret).toBe("sshPassphrase");
    // root asks sudo for nothing.
    expect(config.hosts.map(({ sudoPasswordSecret }) => sudoPasswordSecret)).toEqual([
      "sudoAll",
      "sudoOne",
      undefined,
    ]);
    expect(JSON.stringify(config)).not.toMatch(/p4ssphrase|all-of-them|just-one/);
  });
});

const wrong: [claim: string, edit: Case["edit"], ...faults: Expected[]][] = [
  [
    "a bastion that is not described",
    (raw) => (raw.supernodes![0]!.bastion = junk("hospital-1")),
    ["supernodes[0].bastion", 'got "hospital-1"', "ssh.bastions, which has none"],
  ],
  [
    "a bastion without a pinned key",
    (raw) => (raw.ssh!.bastions = junk({ "hospital-1": BASTION })),
    ["ssh.knownHostsFile", "no key for the bastion hospital-1 (203.0.113.7)", "ssh-keyscan"],
  ],
  [
    "a bastion without an address",
    (raw) => (raw.ssh!.bastions = junk({ "hospital-1": { user: "jump" } })),
    ["ssh.bastions.hospital-1.address", "got nothing"],
  ],
  [
    "bastions as a list",
    (raw) => (raw.ssh!.bastions = junk([BASTION])),
    ["ssh.bastions", "a map from a name to address, port and user"],
  ],
  [
    "a patience of a day",
    (raw) => (raw.ssh!.waitSeconds = junk(86400)),
    ["ssh.waitSeconds", "got 86400", "0 to 600 seconds"],
  ],
  [
    "a sudo password that is not set",
    (raw) => (raw.superlink!.sudoPasswordSecret = junk("sudoPassword")),
    ["sudoPassword", "got nothing", "the password that sudo asks for, as a secret"],
  ],
  [
    "a sudo password under a name that means something else",
    (raw) => (raw.superlink!.sudoPasswordSecret = junk("federation")),
    ["superlink.sudoPasswordSecret", "choose another name: federation means something else"],
    ["federation", "a plain text value (not shown)"],
  ],
  [
    "a passphrase for an engine on the VM, whose ssh cannot be told it",
    (raw) => {
      raw.ssh!.passphraseSecret = junk("sshPassphrase");
      raw["sshPassphrase"] = junk("p4ssphrase");
    },
    ["sshPassphrase", "a plain text value (not shown)"],
    ["ssh.passphraseSecret", "monitoring.docker: ssh://", "ssh-add"],
  ],
  [
    "a lost host in words",
    (raw) => (raw.supernodes![0]!.lost = junk("yes")),
    ["supernodes[0].lost", 'got "yes"', "true or false"],
  ],
];

describe("a wrong way to reach hosts", () => {
  it.each(wrong)("%s is refused", (_claim, edit, ...faults) => expectFaults({ edit }, faults));
});
