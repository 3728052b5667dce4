import { describe, expect, it } from "vitest";
import type { Case, Expected } from "./config-fixture";
import {
  FILES,
  HOSTS,
  expectFaults,
  junk,
  remove,
  knownHosts,
  parse,
  privateKey,
} from "./config-fixture";
import { publicKey } from "./config-fixture";

const wrong: [claim: string, given: Case["edit"], ...faults: Expected[]][] = [
  [
    "a federation without SuperNodes is refused",
    (raw) => (raw.supernodes = junk([])),
    ["supernodes", "an empty list", "one SuperNode or more"],
  ],
  [
    "supernodes as a map are refused",
    (raw) => (raw.supernodes = junk({ a: 1 })),
    ["supernodes", "got a map", "a list of one SuperNode or more"],
  ],
  [
    "a missing SuperLink is named with the keys it needs",
    (raw) => remove(raw, "superlink"),
    [
      "superlink",
      "got nothing",
      "name, address, user, port, labels, bastion, sudoPasswordSecret, lost, flower",
    ],
  ],
  [
    "a host without name and address has both faults",
    (raw) => (raw.supernodes![0] = junk({})),
    ["supernodes[0].name", "got nothing"],
    ["supernodes[0].address", "got nothing"],
  ],
  [
    "a host address of 0.0.0.0 is refused with the reason",
    (raw) => (raw.supernodes![0]!.address = junk("0.0.0.0")),
    ["supernodes[0].address", "every interface"],
  ],
  [
    "a loopback host address is refused with the reason",
    (raw) => (raw.supernodes![0]!.address = junk("localhost")),
    ["supernodes[0].address", "the container itself"],
  ],
  [
    "an address with a scheme is refused",
    (raw) => (raw.supernodes![0]!.address = junk("https://10.0.0.21")),
    ["supernodes[0].address", "without scheme"],
  ],
  [
    "two hosts of one name are refused",
    (raw) => (raw.supernodes![1]!.name = junk("supernode-1")),
    ["supernodes[1].name", 'got "supernode-1"', "supernodes[0] has it too"],
  ],
  [
    "two hosts of one address are refused, SuperLink and SuperNode too",
    (raw) => (raw.supernodes![0]!.address = junk("10.0.0.11")),
    ["supernodes[0].address", 'got "10.0.0.11"', "superlink has it too", "same ports"],
  ],
  [
    "a user with a space is refused",
    (raw) => (raw.supernodes![0]!.user = junk("ro ot")),
    ["supernodes[0].user", 'got "ro ot"', "login"],
  ],
  [
    "a port in quotes is refused with what to change",
    (raw) => (raw.supernodes![0]!.port = junk("22")),
    ["supernodes[0].port", 'got "22"', "without quotes"],
  ],
  [
    "labels that the program sets are refused, each with its name",
    (raw) => (raw.supernodes![0]!.labels = junk({ job: "x", __meta: "y", site: "ok" })),
    ["supernodes[0].labels.job", "instance, job, host, role, federation"],
    ["supernodes[0].labels.__meta", "choose another name"],
  ],
  [
    "labels that Prometheus cannot take are refused",
    (raw) => (raw.supernodes![0]!.labels = junk({ "my-site": "a", rack: 12, empty: "" })),
    ["supernodes[0].labels.my-site", "rename the label"],
    ["supernodes[0].labels.rack", "got 12", "in quotes"],
    ["supernodes[0].labels.empty", "an empty label is none"],
  ],
  [
    "a relative Python is refused",
    (raw) => (raw.superlink!.flower!.python = junk("venv/bin/python")),
    ["superlink.flower.python", "absolute path on the host"],
  ],
  [
    "a Control API without port is refused",
    (raw) => (raw.superlink!.flower!.controlApi = junk("10.0.0.11")),
    ["superlink.flower.controlApi", "host:port"],
  ],
  [
    "a Control API on a port of our exporters is refused",
    (raw) => (raw.superlink!.flower!.controlApi = junk("10.0.0.11:9101")),
    ["superlink.flower.controlApi", "got 9101", "the Flower exporter"],
  ],
  [
    "TLS left open is refused: caFile or insecure has to be said",
    (raw) => remove(raw.superlink!.flower!, "insecure"),
    ["superlink.flower", "neither caFile nor insecure", "exactly one"],
  ],
  [
    "TLS and no TLS at once is refused",
    (raw) => (raw.superlink!.flower!.caFile = junk("/etc/flower/ca.crt")),
    ["superlink.flower", "both caFile and insecure", "exactly one"],
  ],
];

describe("a wrong host", () => {
  it.each(wrong)("%s", (_claim, edit, ...faults) => {
    expectFaults({ edit }, faults);
  });
});

const KEY_FILE = "/home/op/.ssh/id_ed25519";
const KNOWN = "/project/known_hosts";
const others = knownHosts.split("\n").slice(1).join("\n");
const VM = HOSTS[0] ?? "";

const wrongFiles: [claim: string, files: Record<string, string>, ...words: string[]][] = [
  ["is a public key", { [KEY_FILE]: `${publicKey()} me` }, "a public key", "without .pub"],
  ["is a PuTTY key", { [KEY_FILE]: "PuTTY-User-Key-File-3: ssh" }, "PuTTY", "puttygen"],
  ["is something else", { [KEY_FILE]: "hello" }, "no private key", "ssh-keygen -t ed25519"],
  ["asks for a passphrase", { [KEY_FILE]: privateKey("aes256-ctr") }, "passphrase", "ssh-add"],
];

describe("ssh files", () => {
  it.each(wrongFiles)("a private key file that %s is refused", (_claim, files, ...words) => {
    expectFaults({ files }, [["ssh.privateKeyFile", KEY_FILE, ...words]]);
  });

  it("a private key file that is missing is named with its absolute path", () => {
    const edit: Case["edit"] = (raw) => (raw.ssh!.privateKeyFile = junk("keys/deploy"));
    expectFaults({ edit }, [["ssh.privateKeyFile", "/project/keys/deploy (no such file)"]]);
  });

  it("a missing known_hosts is one fault, not one for each host", () => {
    const edit: Case["edit"] = (raw) => (raw.ssh!.knownHostsFile = junk("./none"));
    expectFaults({ edit }, [["ssh.knownHostsFile", "/project/none (no such file)", "ssh-keyscan"]]);
  });

  it("each host without a key is named with the command that collects it", () => {
    const [vm, superlink] = knownHosts.split("\n");
    expectFaults({ files: { [KNOWN]: `${vm}\n${superlink}` } }, [
      ["ssh.knownHostsFile", "supernode-1 (10.0.0.21)", "ssh-keyscan -t ed25519 -p 22 10.0.0.21"],
      ["ssh.knownHostsFile", "supernode-2 (node-2.example.org)"],
    ]);
  });

  it.each([
    ["hashed", `|1|c2FsdA==|aGFzaA== ${publicKey()}`, ["no key", "ssh-keyscan without -H"]],
    ["revoked", `@revoked ${VM} ${publicKey()}`, ["no key"]],
    ["for another port", `[${VM}]:2222 ${publicKey()}`, ["no key"]],
    ["excluded", `*,!${VM} ${publicKey()}`, ["no key"]],
    ["damaged", `${VM} ssh-ed25519 AAAA`, ["a damaged key (line 1)"]],
    ["of a dead type", `${VM} ${publicKey("ssh-dss")}`, ["no usable key (only ssh-dss)"]],
    [
      "given twice with different keys",
      `${VM} ${publicKey()}\n${VM} ${publicKey("ssh-ed25519", "x")}`,
      ["two different ssh-ed25519 keys (lines 1 and 2)"],
    ],
  ])("a host key that is %s is refused", (_claim, lines, words) => {
    expectFaults({ files: { [KNOWN]: `${lines}\n${others}` } }, [
      ["ssh.knownHostsFile", "the monitoring VM (10.0.0.10)", ...words],
    ]);
  });

  it("the ed25519 key is pinned where a host has several", () => {
    const lines = ["ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519"].map(
      (type) => `10.0.0.10,${HOSTS.slice(1).join(",")} ${publicKey(type)} comment`,
    );
    const files = { ...FILES, [KNOWN]: `# ours\n\n${lines.join("\r\n")}\n` };
    expect(parse({ files }).hosts.map(({ hostKey }) => hostKey)).toEqual(
      Array.from({ length: 3 }, () => publicKey()),
    );
  });

  it("a host on another port is looked up as [host]:port, and wildcards count", () => {
    const line = `[*.example.org]:2222 ${publicKey("ecdsa-sha2-nistp256")}`;
    const config = parse({
      files: { [KNOWN]: `${knownHosts}\n${line}` },
      edit: (raw) => (raw.supernodes![1]!.port = junk(2222)),
    });
    expect(config.hosts[2]).toMatchObject({
      port: 2222,
      hostKey: publicKey("ecdsa-sha2-nistp256"),
    });
  });

  it("two spellings of one IPv6 address are one host", () => {
    expectFaults(
      {
        files: { [KNOWN]: `${knownHosts}\n2001:db8::1 ${publicKey()}` },
        edit: (raw) => {
          raw.supernodes![0]!.address = junk("2001:db8::1");
          raw.supernodes![1]!.address = junk("2001:DB8:0:0::0001");
        },
      },
      [["supernodes[1].address", "supernodes[0] has it too"]],
    );
  });
});
