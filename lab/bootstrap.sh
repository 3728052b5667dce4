#!/bin/sh
# Runs one lab command on a machine that may have nothing: finds or fetches Node, installs the npm
# packages of the lock file, and hands over to lab/cli.ts.
#   lab/bootstrap.sh <lab command> [arguments]
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"

minimum=22.12
wanted=$(sed -n 's/^ *node: "\([0-9.]*\)".*/\1/p' components/versions.ts)
cache=${FLOWER_MONITORING_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/flower-monitoring}

say() { printf '[ node ] %s\n' "$*" >&2; }
die() {
  printf 'lab/bootstrap.sh: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

[ $# -gt 0 ] || die "no command. Use: lab/bootstrap.sh up (down, status, ...; lab/cli.ts lists them)"
[ -n "$wanted" ] || die "components/versions.ts has no line  node: \"<version>\""
case $(uname -s)-$(uname -m) in
Linux-x86_64) arch=x64 ;;
Linux-aarch64) arch=arm64 ;;
*) die "the lab runs on Linux, x86_64 or aarch64; this is $(uname -s) on $(uname -m)" ;;
esac
have flock || die "no flock; it is part of util-linux (apt-get install util-linux)"

mkdir -p "$cache/tools" "$cache/locks"
work=$(mktemp -d "$cache/tools/.bootstrap.XXXXXX")
child=
cleanup() {
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# slowly LABEL COMMAND...: runs it with its output kept back, shows every 5 s that it is alive, and
# prints the end of the output when it fails.
slowly() {
  label=$1
  shift
  "$@" >"$work/log" 2>&1 9>&- &
  child=$!
  tenths=0
  while kill -0 "$child" 2>/dev/null; do
    sleep 0.2
    tenths=$((tenths + 2))
    [ $((tenths % 50)) -ne 0 ] || say "$label: $((tenths / 10)) s: $(tail -n 1 "$work/log" | cut -c 1-80)"
  done
  status=0
  wait "$child" || status=$?
  child=
  [ "$status" -eq 0 ] || tail -n 20 "$work/log" >&2
  return "$status"
}

# new_enough NODE: whether it runs here and is at least $minimum.
new_enough() {
  found=$("$1" --version 2>/dev/null) || return 1
  found=${found#v}
  major=${found%%.*}
  minor=${found#*.}
  minor=${minor%%.*}
  [ "$major" -gt "${minimum%.*}" ] ||
    { [ "$major" -eq "${minimum%.*}" ] && [ "$minor" -ge "${minimum#*.}" ]; }
}

# fetch URL FILE: short to give up where nothing answers, patient where something does.
fetch() {
  if have curl; then
    curl --fail --silent --show-error --location --connect-timeout 5 --max-time 600 \
      --speed-limit 1000 --speed-time 30 --output "$2" "$1"
  elif have wget; then
    wget --quiet --tries=1 --dns-timeout=5 --connect-timeout=5 --read-timeout=30 -O "$2" "$1"
  else
    echo "neither curl nor wget here" >&2
    return 1
  fi
}

apt_install() {
  have apt-get || die "no npm, and no apt-get to install it: install Node >= $minimum with npm, then run this again"
  [ "$(id -u)" -eq 0 ] || die "no npm. Run: sudo apt-get install $*   then this again"
  slowly "apt-get update" apt-get update -q || true
  DEBIAN_FRONTEND=noninteractive
  export DEBIAN_FRONTEND
  slowly "apt-get install $*" apt-get install -q -y --no-install-recommends "$@" ||
    die "apt-get install $* failed, see above"
}

from_nodejs_org() {
  name="node-v$wanted-linux-$arch.tar.gz"
  base="https://nodejs.org/dist/v$wanted"
  fetch "$base/SHASUMS256.txt" "$work/sums" 2>"$work/why" || return 1
  slowly "download $name" fetch "$base/$name" "$work/$name" || return 1
  (cd "$work" && grep " $name\$" sums | sha256sum --check --quiet -) ||
    die "$base/$name does not match its SHASUMS256.txt"
  mkdir "$work/node"
  tar -xzf "$work/$name" --strip-components=1 -C "$work/node"
}

# The executable alone, as a package; npm checks it against the registry's own hash.
from_npm() {
  have npm || apt_install nodejs npm
  slowly "npm pack node-linux-$arch@$wanted" \
    npm pack --silent --pack-destination "$work" "node-linux-$arch@$wanted" || return 1
  mkdir "$work/node"
  tar -xzf "$work/node-linux-$arch-$wanted.tgz" --strip-components=1 -C "$work/node"
}

# wait_for_lock: takes the lock on descriptor 9, saying so when another process has it.
wait_for_lock() {
  flock -n 9 && return
  until flock -w 5 9; do say "another lab command is at this, waiting"; done
}

# Sets node to an executable. The lock makes two at once fetch once.
find_node() {
  if have node && new_enough node; then
    node=$(command -v node)
    return
  fi
  node="$cache/tools/node-$wanted/bin/node"
  exec 9>"$cache/locks/node"
  wait_for_lock
  if ! new_enough "$node"; then
    if from_nodejs_org; then
      say "Node $wanted: official archive"
    elif from_npm; then
      say "Node $wanted: npm package, as nodejs.org: $(tail -n 1 "$work/why" 2>/dev/null)"
    else
      die "no Node >= $minimum on PATH, from nodejs.org or from npm. Install it, then run this again"
    fi
    new_enough "$work/node/bin/node" || die "the fetched Node $wanted does not run on this machine"
    rm -rf "$cache/tools/node-$wanted"
    mv "$work/node" "$cache/tools/node-$wanted"
  fi
  exec 9>&-
  PATH="$cache/tools/node-$wanted/bin:$PATH"
  export PATH
}

# npm ci when the installed packages are not those of the lock file. Install scripts stay off:
# none of our packages needs one, and they would need a compiler.
install_packages() {
  stamp=node_modules/.flower-monitoring-lock
  locked=$(sha256sum <package-lock.json | cut -d ' ' -f 1)
  exec 9>"$cache/locks/npm-$(printf %s "$root" | sha256sum | cut -c 1-12)"
  wait_for_lock
  if [ "$(cat $stamp 2>/dev/null)" != "$locked" ]; then
    have npm || apt_install npm
    slowly "npm ci" npm ci --ignore-scripts --loglevel=http || die "npm ci failed, see above"
    echo "$locked" >$stamp
    say "npm packages installed from package-lock.json"
  fi
  exec 9>&-
}

find_node
install_packages
cleanup
trap - EXIT INT TERM
# fetch in Node follows a proxy, and trusts what the machine trusts, only when it is told to.
[ -z "${HTTPS_PROXY:-${https_proxy:-}}" ] || export NODE_USE_ENV_PROXY=1
export NODE_USE_SYSTEM_CA=1
exec "$node" --import tsx lab/cli.ts "$@"
