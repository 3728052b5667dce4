# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# What every step uses: errors, the lock, the facts of a bundle, comparing and writing files.

# die WHAT-AND-WHAT-TO-DO: one line on standard error, then the exit handler cleans up.
die() {
  tell "$step: $1"
  exit 1
}

tell() {
  printf 'flower-monitoring: %s: %s\n' "${FM_HOST:-$(uname -n)}" "$1" >&2
}

have() {
  command -v "$1" >/dev/null 2>&1
}

on_exit() {
  code=$?
  trap - EXIT
  trap '' HUP INT TERM # a roll-back that has begun is finished
  set +e
  rm -f "$root/.probe.$$"
  [ "$phase" != switching ] || roll_back
  drop_unpacked
  [ -z "${lock_dir-}" ] || rm -rf "$lock_dir"
  exit "$code"
}

# What came over the session and did not become a release.
drop_unpacked() {
  case $unpacked in
    "$root"/.unpack.* | /run/flower-monitoring.[0-9]*)
      rm -rf "$unpacked"
      rmdir "$root" 2>/dev/null
      ;;
  esac
}

# One installer at a time; a second waits a minute. The lock is on a directory that is there anyway,
# so it leaves no file behind and ends with the process, also after kill -9.
take_lock() {
  step=lock
  [ -d "$unit_dir" ] || die "there is no $unit_dir: systemd does not run here; this bundle needs it"
  waited=0
  until try_lock; do
    [ "$waited" -lt 60 ] || die "another install or remove has been running for a minute; wait for it to end, then run again"
    waited=$((waited + 1))
    sleep 1
  done
  # The one before us may have removed or replaced the very release that we were started from.
  [ -f "$here/install.sh" ] || die "another run replaced this bundle meanwhile; run again"
}

try_lock() {
  if have flock; then
    exec 9<"$unit_dir" && flock -n 9
  elif mkdir /run/flower-monitoring.lock 2>/dev/null; then
    lock_dir=/run/flower-monitoring.lock
    echo $$ >"$lock_dir/pid"
  else
    # Whoever made it may have been killed.
    holder=$(cat /run/flower-monitoring.lock/pid 2>/dev/null || true)
    [ -z "$holder" ] || kill -0 "$holder" 2>/dev/null || rm -rf /run/flower-monitoring.lock
    return 1
  fi
}

# Name, address and bundle come from the bootstrap, or from the release that we are in.
load_host_values() {
  if [ -z "${FM_ADDRESS-}" ]; then
    [ -f "$here/host.env" ] || die "FM_HOST, FM_ADDRESS and FM_ID are not set; run this through the bootstrap script, or from $root/current"
    # shellcheck source=/dev/null
    . "$here/host.env"
    FM_ID=$(basename "$here")
  fi
}

# What the units take from the host: the bundle itself is the same on every host of a role.
host_env() {
  case $FM_ADDRESS in
    *:*) listen="[$FM_ADDRESS]" ;;
    *) listen=$FM_ADDRESS ;;
  esac
  printf 'FM_HOST=%s\nFM_ADDRESS=%s\nFM_LISTEN=%s\n' "$FM_HOST" "$FM_ADDRESS" "$listen"
}

# listen_of RELEASE: the address its exporters listen on, as it stands in a URL.
listen_of() {
  sed -n 's/^FM_LISTEN=//p' "$1/host.env"
}

# Lines of parts.list: NAME SHA256 PORT METRIC. The hash covers unit, configuration and payload.
parts_of() {
  [ ! -f "$1/parts.list" ] || awk '{ print $1 }' "$1/parts.list"
}

part_field() {
  awk -v part="$2" -v n="$3" '$1 == part { print $n }' "$1/parts.list"
}

unit_of() {
  echo "flower-monitoring-$1.service"
}

# share STEP PART: runs the part's own share of a step, when it has one (node_exporter_preflight).
share() {
  function=$(printf '%s' "$2" | tr - _)_$1
  # shellcheck disable=SC2086 # a function name has no spaces
  if have "$function"; then $function; fi
}

# as_user UID GID COMMAND...: root can read and write where that user cannot, so root's own try is no
# proof, and what a user can change must not run as root.
as_user() {
  user=$1
  group=$2
  shift 2
  if [ "$user" != 0 ] && have setpriv; then
    (cd / && HOME=/nonexistent setpriv --reuid="$user" --regid="$group" --clear-groups "$@")
  else
    (cd / && "$@")
  fi
}

# as_owner_of DIRECTORY COMMAND...
as_owner_of() {
  owner=$(stat -L -c '%u %g' "$1" 2>/dev/null) || return 1
  shift
  as_user "${owner% *}" "${owner#* }" "$@"
}

# same FILE TEXT-ON-STDIN: true when the file holds exactly that.
same() {
  [ -f "$1" ] && [ "$(sha256sum <"$1")" = "$(sha256sum)" ]
}

# put FILE MODE: writes standard input to the file in one step; never half a file.
put() {
  cat >"$1.new" && chmod "$2" "$1.new" && mv -f "$1.new" "$1"
}

point_current_at() {
  ln -sfn "releases/$1" "$root/current.new" && mv -fT "$root/current.new" "$root/current"
}

# note KIND NAME: adds a line to the journal, before the thing itself is made, so that removal
# finds it even if we are killed in between.
note() {
  grep -qxF "$1 $2" "$state/journal" 2>/dev/null || printf '%s %s\n' "$1" "$2" >>"$state/journal"
}

# forget KIND NAME: takes that line out again, after the thing itself.
forget() {
  grep -vxF "$1 $2" "$state/journal" | put "$state/journal" 644
}
