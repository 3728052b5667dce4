#!/bin/sh
# Sessions on a host over the OpenSSH of the machine that runs Pulumi: session.sh ACTION
#
# Standard input has lines of KEY=VALUE about the host up to an empty line (they are rendered by
# components/render/session.ts, and kept in the state: a newer session.sh must understand older ones).
# After it comes, for `run`, the script to run on the host.
#
#   install  asks what the host has, sends the bundle and only those blobs (binaries, images) that are
#            missing, and runs the bundle's own install.sh: two sessions of one connection
#   remove   runs the installer that the host has kept
#   run      hands the rest of standard input to a shell there
#   check    sends the bundle without blobs and has its install.sh tell what an install would meet
#   key      tells the host's key as it shows it now, and logs in nowhere
#
# OpenSSH has what the command provider's own SSH has not: a deadline for the whole handshake, a host
# key that is checked or refused, sessions that share a connection and leave none behind, no key in
# Pulumi's state, and an end when Pulumi ends it.
set -eu
umask 077

action=$1
name='' address='' port=22 user=root host_key='' identity='' wait=60
bastion_address='' bastion_port=22 bastion_user='' bastion_host_key='' bastion_identity=''
passphrase='' sudo_password='' bundle='' blobs=''
while IFS= read -r line && [ -n "$line" ]; do
  value=${line#*=}
  case ${line%%=*} in
    name) name=$value ;;
    address) address=$value ;;
    port) port=$value ;;
    user) user=$value ;;
    host_key) host_key=$value ;;
    identity) identity=$value ;;
    wait) wait=$value ;;
    bastion_address) bastion_address=$value ;;
    bastion_port) bastion_port=$value ;;
    bastion_user) bastion_user=$value ;;
    bastion_host_key) bastion_host_key=$value ;;
    bastion_identity) bastion_identity=$value ;;
    passphrase) passphrase=$value ;;
    sudo_password) sudo_password=$value ;;
    bundle) bundle=$value ;;
    blobs) blobs=$value ;;
    # Only another value counts: it has the host looked at again.
    repair) ;;
    *) echo "session.sh: unknown key ${line%%=*}" >&2 && exit 2 ;;
  esac
done

# Longest that a command may run on the host, in seconds.
deadline=300
at="$user@$address port $port${bastion_address:+ through $bastion_address}"

fail() {
  echo "flower-monitoring: $name: $1" >&2
  exit 1
}

# shellcheck source=components/session-ssh.sh
. "$(dirname "$0")/session-ssh.sh"

# quoted WORD: as one word for the shell on the host.
quoted() {
  printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

# as_root SCRIPT WORD...: runs the script there as root, with the words as its arguments.
as_root() {
  words=
  for word in "$@"; do words="$words $(quoted "$word")"; done
  run="timeout $deadline sh -c"
  if [ "$user" = root ]; then
    carry_out "exec $run$words"
  elif [ -z "$sudo_password" ]; then
    carry_out "exec sh -c $(quoted "$(without_password)") -$words"
  else
    { printf '%s\n' "$sudo_password" && cat; } | carry_out "exec sh -c $(quoted "$(with_password)") -$words"
  fi
}

needs_sudo() {
  cat <<END
command -v sudo >/dev/null || {
  echo "flower-monitoring: $name: there is no sudo on this host for $user; install it, or log in as root" >&2
  exit 1
}
END
}

without_password() {
  cat <<END
$(needs_sudo)
sudo -n true 2>/dev/null || {
  echo "flower-monitoring: $name: sudo asks for the password of $user; allow it without one, or set sudoPasswordSecret" >&2
  exit 1
}
exec sudo -n $run "\$@"
END
}

# Asked first with nothing else on its input: a wrong password must not eat the bundle.
with_password() {
  cat <<END
IFS= read -r password
$(needs_sudo)
if sudo -kn true 2>/dev/null; then exec sudo -n $run "\$@"; fi
printf '%s\n' "\$password" | sudo -kSp '' true 2>/dev/null || {
  echo "flower-monitoring: $name: sudo refuses the password of $user; correct its secret" >&2
  exit 1
}
{ printf '%s\n' "\$password" && cat; } | sudo -kSp '' $run "\$@"
END
}

# What the host is, and which blobs its release has; nothing of a damaged release counts.
ask='uname -m; echo any; cd /opt/flower-monitoring/current 2>/dev/null && sha256sum -c sums >/dev/null 2>&1 && cat fetch; :'

# Unpacks what comes in, below $4, and hands over to it for the command $5; $6 is what a check has to
# know of blobs.
# shellcheck disable=SC2016 # expanded on the host
receive='umask 022
new=$4.$$ place=${4%/*}
mkdir -p $new && gzip -dc | tar -xf - -C $new &&
  exec env FM_HOST=$1 FM_ADDRESS=$2 FM_ID=$3 FM_BLOBS_KIB=${6:-0} sh $new/install.sh $5 </dev/null
free=$(df -Pk $place | tail -n 1 | tr -s " " | cut -d " " -f 4)
echo "flower-monitoring: $1: bundle: cannot unpack, $free KiB are free in $place; make room" >&2
rm -rf $new
rmdir $place 2>/dev/null
exit 1'

# The installer that the host has kept takes away what it put there. A machine that has another name by
# now is left as it is: the engine creates before it deletes, so the new name has been installed already.
# shellcheck disable=SC2016 # expanded on the host
remove='for kept in /opt/flower-monitoring/current /opt/flower-monitoring/releases/* /var/lib/flower-monitoring/remover; do
  [ -f $kept/install.sh ] || continue
  name=$(sed -n "s/^FM_HOST=//p" $kept/host.env 2>/dev/null)
  if [ "${name:-$1}" != "$1" ]; then
    echo "ok host=$1 left: this machine is $name now"
    exit
  fi
  sh $kept/install.sh remove || exit
  break
done
rm -rf /opt/flower-monitoring'

# Sets `missing` to the files of those blobs that the host lacks.
find_missing() {
  reach "sh -c $(quoted "$ask")" >"$work/has"
  cache=${FLOWER_MONITORING_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/flower-monitoring}
  missing=
  for blob in $blobs; do
    if grep -qxF "${blob%/*}" "$work/has" && ! grep -qF "${blob#*/}" "$work/has"; then
      missing="$missing ${blob#*/}"
    fi
  done
}

# send COMMAND PLACE BLOBS-KIB BLOB-FILE...: unpacks them and the bundle below the place, and runs its install.sh.
send() {
  command=$1 place=$2 kib=$3
  shift 3
  for file in "$@" "$cache/bundles/$bundle.tar.gz"; do
    [ -f "$file" ] || fail "$file is not there; run pulumi up again, which makes it"
  done
  id=$(printf %.12s "$bundle")
  cat "$@" "$cache/bundles/$bundle.tar.gz" |
    as_root "$receive" - "$name" "$address" "$id" "$place" "$command" "$kib"
}

# Memory holds the small part; a rerun that finds nothing to do then writes nothing on a disk.
in_memory=/run/flower-monitoring

install() {
  find_missing
  place=$in_memory
  set --
  for sum in $missing; do
    place=/opt/flower-monitoring/.unpack
    set -- "$@" "$cache/blobs/$sum.tar.gz"
  done
  send install "$place" 0 "$@"
}

check() {
  find_missing
  kib=0
  for sum in $missing; do
    file=$cache/blobs/$sum.tar.gz
    [ -f "$file" ] || fail "$file is not there; run this again, which makes it"
    kib=$((kib + $(gzip -l "$file" | awk 'NR == 2 { print $2 }') / 1024))
  done
  send check "$in_memory" "$kib"
}

open_session
case $action in
  install) install ;;
  check) check ;;
  remove)
    reach :
    as_root "$remove" - "$name" </dev/null
    ;;
  run)
    reach :
    carry_out "exec timeout $deadline sh -s"
    ;;
  key) show_key ;;
  *) fail "got \"$action\"; allowed: install, remove, run, check, key" ;;
esac
