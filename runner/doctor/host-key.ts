/** Host keys: what a machine shows, beside what known_hosts has for it. Pure. */
import { createHash } from "node:crypto";
import type { Machine } from "../machines";
import type { Check, HostKey } from "./checks";
import { fine } from "./checks";

/** As `ssh-keygen -l` shows it: SHA-256 of the key, base64 without padding. */
export function fingerprint(hostKey: string): string {
  const bytes = Buffer.from(hostKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(bytes).digest("base64").replace(/=+$/, "")}`;
}

/** A line of known_hosts, as OpenSSH writes it for a port that is not 22. */
export function knownHostsLine(address: string, port: number, hostKey: string): string {
  return `${port === 22 ? address : `[${address}]:${port}`} ${hostKey}`;
}

export function hostKeyOfMachine({ target, pinned }: Machine, shown: string): HostKey {
  return {
    line: knownHostsLine(target.address, target.port, shown),
    fingerprint: fingerprint(shown),
    pinned: !("hostKey" in pinned) ? "none" : pinned.hostKey === shown ? "same" : "different",
  };
}

/** A key that is shown over the network is what anybody in between may show. */
const COMPARE =
  "compare its fingerprint with what the site tells (on the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub)";

export function hostKeyCheck(key: HostKey, { pinned }: Machine): Check {
  switch (key.pinned) {
    case "same":
      return fine("host-key", `${key.fingerprint}, as pinned`);
    case "different":
      return {
        check: "host-key",
        state: "fault",
        seen: `it shows ${key.fingerprint}, and ${"hostKey" in pinned ? fingerprint(pinned.hostKey) : "another"} is pinned`,
        next: `find out why first: the host was set up anew, or another one answers; then ${COMPARE} and replace the line in known_hosts`,
      };
    case "none":
      return {
        check: "host-key",
        state: "fault",
        seen: `${"problem" in pinned ? pinned.problem : "no key"} in known_hosts; it shows ${key.fingerprint}`,
        next: `${COMPARE}, and then put its line into known_hosts`,
      };
  }
}
