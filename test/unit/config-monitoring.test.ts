import { describe, expect, it } from "vitest";
import type { Case, Expected } from "./config-fixture";
import { expectFaults, junk, remove, knownHosts, parse, publicKey } from "./config-fixture";

const onHost = (address: string, ports: object): Case["edit"] => {
  return (raw) => {
    raw.monitoring = junk({ docker: "unix:///var/run/docker.sock", address, ports });
  };
};

const wrong: [claim: string, given: Case["edit"], ...faults: Expected[]][] = [
  [
    "a stack without a monitoring VM is refused",
    (raw) => remove(raw, "monitoring"),
    ["monitoring", "got nothing", "docker, address, ports"],
  ],
  [
    "Docker over TCP is refused with the reason",
    (raw) => (raw.monitoring!.docker = junk("tcp://10.0.0.10:2376")),
    ["monitoring.docker", "unix:///path/of/docker.sock or ssh://", "gives root"],
  ],
  [
    "a Docker address without scheme is refused",
    (raw) => (raw.monitoring!.docker = junk("/var/run/docker.sock")),
    ["monitoring.docker", 'got "/var/run/docker.sock"', "unix:///"],
  ],
  [
    "a missing Docker address is refused",
    (raw) => remove(raw.monitoring!, "docker"),
    ["monitoring.docker", "got nothing"],
  ],
  [
    "a password in the ssh address is refused and not shown",
    (raw) => (raw.monitoring!.docker = junk("ssh://root:hunter2@10.0.0.10")),
    ["monitoring.docker", 'got "ssh://...@10.0.0.10"', "ssh://user@host[:port]"],
  ],
  [
    "ports on the VM's loopback are refused when the engine is remote",
    (raw) => (raw.monitoring!.address = junk("127.0.0.1")),
    ["monitoring.address", 'got "127.0.0.1"', "Grafana", "cannot be reached"],
  ],
  [
    "ports on every interface are refused with the reason",
    (raw) => (raw.monitoring!.address = junk("0.0.0.0")),
    ["monitoring.address", "without a password"],
  ],
  [
    "ports cannot be bound to a DNS name",
    (raw) => (raw.monitoring!.address = junk("vm.example.org")),
    ["monitoring.address", "Docker binds to no DNS name"],
  ],
  [
    "two services on one port are refused",
    (raw) => (raw.monitoring!.ports = junk({ grafana: 9090 })),
    ["monitoring.ports.grafana", "got 9090", "prometheus"],
  ],
  [
    "a service on the VM's sshd port is refused",
    (raw) => (raw.monitoring!.ports = junk({ grafana: 22 })),
    ["monitoring.ports.grafana", "got 22", "sshd"],
  ],
  [
    "a port out of range is refused",
    (raw) => (raw.monitoring!.ports = junk({ prometheus: 90900 })),
    ["monitoring.ports.prometheus", "got 90900", "1 to 65535"],
  ],
  [
    "ports of the SuperLink and its exporters are taken when the VM is its host",
    onHost("10.0.0.11", { prometheus: 9100, alertmanager: 9101, grafana: 8000 }),
    ["monitoring.ports.prometheus", "node_exporter of superlink"],
    ["monitoring.ports.alertmanager", "the Flower exporter of superlink"],
    ["monitoring.ports.grafana", "the SuperLink of superlink"],
  ],
  [
    "only node_exporter's port is taken when the VM is a SuperNode's host",
    onHost("10.0.0.21", { prometheus: 9100, alertmanager: 9101, grafana: 8000 }),
    ["monitoring.ports.prometheus", "node_exporter of supernode-1"],
  ],
];

describe("a wrong monitoring VM", () => {
  it.each(wrong)("%s", (_claim, edit, ...faults) => {
    expectFaults({ edit }, faults);
  });

  it("an engine by DNS name needs the IP address that ports bind to", () => {
    expectFaults(
      {
        edit: (raw) => (raw.monitoring!.docker = junk("ssh://vm.example.org")),
        files: { "/project/known_hosts": `${knownHosts}\nvm.example.org ${publicKey()}` },
      },
      [["monitoring.address", "got nothing", "write the IP address of vm.example.org"]],
    );
  });
});

describe("a right monitoring VM", () => {
  it("the same ports are free when the VM is a host of its own", () => {
    const ports = { prometheus: 9100, alertmanager: 9101, grafana: 8000 };
    const edit: Case["edit"] = (raw) => (raw.monitoring!.ports = junk(ports));
    expect(parse({ edit }).monitoring.ports).toEqual(ports);
  });

  it("a unix socket binds to 127.0.0.1 and needs no host key", () => {
    const edit: Case["edit"] = (raw) => {
      raw.monitoring = junk({ docker: "unix:///var/run/docker.sock" });
    };
    expect(parse({ edit }).monitoring).toEqual({
      docker: { kind: "unix", socket: "/var/run/docker.sock", url: "unix:///var/run/docker.sock" },
      address: "127.0.0.1",
      ports: { prometheus: 9090, alertmanager: 9093, grafana: 3000 },
    });
  });

  it("an ssh address takes user and port from `ssh` and keeps its own", () => {
    const files = {
      "/project/known_hosts": `${knownHosts}\n[10.0.0.10]:2200,[10.0.0.10]:2201 ${publicKey()}`,
    };
    const edit = (docker: string): Case["edit"] => {
      return (raw) => {
        raw.ssh = junk({ user: "deploy", port: 2200 });
        raw.monitoring = junk({ docker });
        for (const host of [raw.superlink!, ...raw.supernodes!]) host.port = junk(22);
      };
    };
    expect(parse({ files, edit: edit("ssh://10.0.0.10") }).monitoring.docker).toEqual({
      kind: "ssh",
      host: "10.0.0.10",
      user: "deploy",
      port: 2200,
      url: "ssh://deploy@10.0.0.10:2200",
    });
    expect(parse({ files, edit: edit("ssh://root@10.0.0.10:2201") }).monitoring).toMatchObject({
      docker: { user: "root", port: 2201, url: "ssh://root@10.0.0.10:2201" },
      address: "10.0.0.10",
      hostKey: publicKey(),
    });
  });
});
