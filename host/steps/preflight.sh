# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# Step 1: everything that can be found wrong before anything is written.

# What is asked of the host itself; each dies of what it finds.
preflight_checks='check_tools check_systemd check_arch check_fetcher check_writable check_disk check_exec'

preflight() {
  step=preflight
  for check in $preflight_checks; do "$check"; done
  for part in $(parts_of "$here"); do
    optional "$here" "$part" || preflight_part "$part"
  done
  preflight_hook
}

check_tools() {
  for tool in awk grep sed sha256sum systemctl tar useradd userdel; do
    have "$tool" || die "$tool is not on this host; install the package that has it"
  done
}

check_systemd() {
  [ -d /run/systemd/system ] || die "systemd does not run here; this host cannot be monitored by this bundle"
}

check_writable() {
  for directory in /opt /var/lib "$unit_dir" /etc; do
    [ -w "$directory" ] || die "$directory is read-only; make it writable"
  done
}

# Of blobs, an install has those already that were missing; a check is told how large they are.
check_disk() {
  check_space "$root" $((FM_NEED_KIB + ${FM_BLOBS_KIB:-0}))
  check_space /var/lib 1024
  check_space "$unit_dir" 256
}

preflight_part() {
  check_port "$1" "$(part_field "$here" "$1" 3)"
  share preflight "$1"
}

check_arch() {
  case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64 ;;
    *) arch=$(uname -m) ;;
  esac
  case $FM_ARCH in
    any | "$arch") ;;
    *) die "the bundle is for $FM_ARCH, this host is $arch; set flower-monitoring:artifacts to binaries for $arch, or leave them out to download them" ;;
  esac
}

check_fetcher() {
  [ -n "$(fetcher)" ] || die "no curl, wget or python3 to ask the exporters for /metrics; install one of them"
}

# check_space DIRECTORY KIB: the directory, or the nearest parent that exists.
check_space() {
  place=$1
  while [ ! -d "$place" ]; do place=$(dirname "$place"); done
  free=$(free_kib "$place")
  [ "$free" -ge "$2" ] || die "disk full: $place has $free KiB free, $2 KiB are needed; make room"
}

free_kib() {
  df -Pk "$1" | awk 'NR == 2 { print $4 }'
}

check_exec() {
  mkdir -p "$root"
  printf '#!/bin/sh\nexit 0\n' >"$root/.probe.$$"
  chmod 755 "$root/.probe.$$"
  "$root/.probe.$$" 2>/dev/null || die "programs cannot run from $root; mount it without noexec"
  rm -f "$root/.probe.$$"
}

# check_port PART PORT: free on our address, or held by the part's own unit or container.
check_port() {
  [ "$2" != - ] || return 0
  if in_container "$1" && container_runs "$1"; then return; fi
  pid=$(systemctl show -p MainPID --value "$(unit_of "$1")" 2>/dev/null || echo 0)
  for inode in $(listeners "$2"); do
    if [ "${pid:-0}" != 0 ] && holds_socket "$pid" "$inode"; then continue; fi
    die "port $2 on $FM_ADDRESS is taken by $(holder_of "$inode"); stop that service or move it to another port" port-taken
  done
}

# Socket inodes that listen on the port, on our address or on all addresses. From /proc, since ss
# and netstat are not on every host.
listeners() {
  case $FM_ADDRESS in
    *[!0-9.]*) wanted= ;; # a name or IPv6: any listener on the port counts
    *) wanted=$(echo "$FM_ADDRESS" | awk -F. '{ printf "%02X%02X%02X%02X", $4, $3, $2, $1 }') ;;
  esac
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$(printf '%04X' "$1")" -v wanted="$wanted" '
    $4 == "0A" {
      split($2, at, ":")
      if (at[2] == port && (wanted == "" || at[1] ~ /^0+$/ || substr(at[1], length(at[1]) - 7) == wanted))
        print $10
    }'
}

holds_socket() {
  # shellcheck disable=SC2010 # the names are numbers, and only ls shows where all the links point
  ls -l "/proc/$1/fd" 2>/dev/null | grep -qF "socket:[$2]"
}

holder_of() {
  for process in /proc/[0-9]*; do
    if holds_socket "${process#/proc/}" "$1"; then
      echo "\"$(cat "$process/comm")\" (pid ${process#/proc/})"
      return
    fi
  done
  echo "a process that cannot be seen from here"
}
