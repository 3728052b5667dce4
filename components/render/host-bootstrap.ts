import { quote, shortHash } from "./shell";

/** What one host is told; the bundle itself is the same for all hosts of a role. */
export interface BootstrapHost {
  name: string;
  /** IP address or DNS name that the exporters listen on. */
  address: string;
}

/** Where the bundle is copied to: a name of its own for each content, in the SSH user's home. */
export function bundleFileName(hash: string): string {
  return `.flower-monitoring-${shortHash(hash)}.tar.gz`;
}

/**
 * The script that a host reads on standard input; `$1` is `install` or `remove`. It finds the
 * bundle, checks it against the hash that came over the authenticated connection, unpacks it beside
 * the releases and hands over to the bundle's own install.sh. A release that is there and whole is
 * used as it is. It is kept short because the state holds it twice for each host.
 *
 * The exporters run under accounts of their own and must reach what is unpacked: hence the umask, which
 * install.sh sets too late for the directories made here.
 *
 * `main` is called at the end with no input, so that no command in it can swallow the script. The
 * trap makes the shell wait for install.sh, which rolls back when the time limit ends it.
 */
export function bootstrapScript(
  host: BootstrapHost,
  bundle: { hash: string },
  copyResource = `${host.name}-bundle`,
): string {
  if (!/^[0-9a-f]{64}$/.test(bundle.hash)) {
    throw new Error(`bundle hash: got "${bundle.hash}"; allowed: a SHA-256 in hex`);
  }
  for (const value of [host.name, host.address]) {
    // They become lines of systemd's EnvironmentFile, which has its own ideas about quotes.
    if (!/^[A-Za-z0-9.:_-]+$/.test(value)) {
      throw new Error(
        `host ${host.name}: "${value}" has characters other than A-Z a-z 0-9 . : _ -`,
      );
    }
  }
  const again = `copy it again: pulumi up --replace ${quote(`**::${copyResource}`)}`;
  return `set -eu; umask 022
export FM_HOST=${host.name} FM_ADDRESS=${host.address} FM_ID=${shortHash(bundle.hash)} FM_TARBALL=
root=/opt/flower-monitoring
fail() { echo "flower-monitoring: $FM_HOST: bundle: $1" >&2; exit 1; }
trap 'exit 1' HUP INT TERM
main() {
  home=$(getent passwd "\${SUDO_USER:-root}" | cut -d: -f6)
  for f in . "$home" "$HOME"; do
    f=$f/.flower-monitoring-$FM_ID.tar.gz
    [ ! -f "$f" ] || FM_TARBALL=$(readlink -f "$f")
  done
  if [ "$1" = remove ]; then
    for f in $root/current "$root"/releases/*; do
      [ ! -f "$f/install.sh" ] || { sh "$f/install.sh" remove; break; }
    done
    rm -rf $root "$home"/.flower-monitoring-*.tar.gz
    return
  fi
  dir=$root/releases/$FM_ID
  if ! (cd $dir && sha256sum -c sums) >/dev/null 2>&1; then
    dir=$root/.unpack.$$
    f=\${FM_TARBALL:-/var/lib/flower-monitoring/bundles/$FM_ID.tar.gz}
    [ -f "$f" ] || fail "its file is not here (was this host set up anew?); ${again}"
    gzip -dc "$f" | sha256sum | grep -q ^${bundle.hash} || fail "its file is damaged; ${again}"
    trap 'rm -rf $dir; rmdir $root 2>/dev/null || :' EXIT
    mkdir -p $dir
    gzip -dc "$f" | tar -xf - -C $dir || fail "cannot unpack, $(df -Pk $root | awk 'NR == 2 { print $4 }') KiB are free in $root; make room"
  fi
  sh $dir/install.sh "$1"
}
main "$@" </dev/null
`;
}
