import { describe, expect, it } from "vitest";
import { parseStackConfig } from "../../components/config/schema";
import { expectFaults, fakeIo, FILES, HOSTS, publicKey, validRaw, whole } from "./config-fixture";

const secret = new Set(["grafanaAdminPassword"]);

function parse(files: Record<string, string>, raw = validRaw()) {
  return whole(parseStackConfig(raw, { ...fakeIo(files), unpinned: true }, secret));
}

describe("a config read by who looks for host keys", () => {
  it("lets hosts without a pinned key through, and still has the others' keys", () => {
    const files = { ...FILES, "/project/known_hosts": `${HOSTS[1]} ${publicKey()}\n` };
    const config = parse(files);
    expect(config.hosts.map(({ hostKey }) => hostKey)).toEqual([publicKey(), "", ""]);
    expect(config.monitoring.hostKey).toBe("");
  });

  it("does not ask for known_hosts before there is one", () => {
    const files = { ...FILES };
    Reflect.deleteProperty(files, "/project/known_hosts");
    expect(parse(files).hosts.map(({ hostKey }) => hostKey)).toEqual(["", "", ""]);
    expectFaults({ files: { "/project/known_hosts": undefined as unknown as string } }, [
      ["ssh.knownHostsFile", "cannot be read"],
    ]);
  });

  it("refuses everything else as ever", () => {
    expect(() => parse(FILES, { ...validRaw(), federation: "No Good" })).toThrow("federation: got");
  });
});
