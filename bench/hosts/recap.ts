/** What ansible-playbook says of a host at its end. */
export interface HostRecap {
  host: string;
  ok: number;
  changed: number;
  /** Unreachable or failed. */
  failed: boolean;
}

/** Reads the lines below PLAY RECAP. Pure. */
export function readRecap(output: string): HostRecap[] {
  const line = /^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)/gm;
  const after = output.slice(output.lastIndexOf("PLAY RECAP"));
  return [...after.matchAll(line)].map(([, host = "", ok, changed, unreachable, failed]) => ({
    host,
    ok: Number(ok),
    changed: Number(changed),
    failed: Number(unreachable) + Number(failed) > 0,
  }));
}
