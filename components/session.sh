#!/bin/sh
# Sessions on a host over the OpenSSH of the machine that runs Pulumi: session.sh install|remove|run
#
# Standard input has lines of KEY=VALUE about the host up to an empty line (they are rendered by
# components/render/session.ts, and kept in the state: a newer session.sh must understand older ones).
# After it comes, for `run`, the script to run on the host.
#
#   install  asks what the host has, sends the bundle and only those blobs (binaries, images) that are
#            missing, and runs the bundle's own install.sh: two sessions of one connection
#   remove   runs the installer that the host has kept
#   run      hands the rest of standard input to a shell there
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

# hop ALIAS ADDRESS PORT USER IDENTITY: its part of ssh's configuration. Host keys are looked up under
# the alias, so that neither DNS nor the user's own known_hosts has a say.
hop() {
  cat <<END
Host $1
HostKeyAlias $1
HostName $2
Port $3
User $4
END
  if [ -n "$5" ]; then printf 'IdentityFile "%s"\nIdentitiesOnly yes\n' "$5"; fi
}

configuration() {
  hop host "$address" "$port" "$user" "$identity"
  if [ -z "$bastion_address" ]; then
    printf 'ControlMaster auto\nControlPath "%s"\nControlPersist 9\n' "$work/control"
  else
    # Not shared: with ControlPersist, ssh throws away what the way through the bastion says.
    echo "ProxyJump bastion"
    hop bastion "$bastion_address" "$bastion_port" "$bastion_user" "$bastion_identity"
  fi
  # ConnectTimeout covers the handshake too: nothing else ends a server that accepts and is silent.
  cat <<END
Host *
StrictHostKeyChecking yes
UserKnownHostsFile "$work/known_hosts"
GlobalKnownHostsFile /dev/null
PreferredAuthentications publickey
ConnectTimeout 10
ServerAliveInterval 15
LogLevel ERROR
END
  # Batch mode would not ask the askpass program for the passphrase.
  if [ -z "$passphrase" ]; then echo "BatchMode yes"; fi
}

open_session() {
  have_ssh=$(command -v ssh || true)
  [ -n "$have_ssh" ] || fail "there is no ssh on this machine; install OpenSSH's client"
  work=$(mktemp -d)
  trap '[ ! -e "$work/control" ] || ssh -F "$work/config" -O exit host 2>/dev/null || :; rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  configuration >"$work/config"
  printf 'host %s\n' "$host_key" >"$work/known_hosts"
  if [ -n "$bastion_address" ]; then printf 'bastion %s\n' "$bastion_host_key" >>"$work/known_hosts"; fi
  if [ -n "$passphrase" ]; then
    # The passphrase is in ssh's environment only; the file says how to print it.
    # shellcheck disable=SC2016 # expanded when ssh runs it
    printf '#!/bin/sh\nprintf "%%s\\n" "$FM_PASSPHRASE"\n' >"$work/askpass"
    chmod 700 "$work/askpass"
    export FM_PASSPHRASE="$passphrase" SSH_ASKPASS="$work/askpass" SSH_ASKPASS_REQUIRE=force DISPLAY=:0
  fi
}

# on COMMAND: runs it there; its standard input is ours.
on() {
  ssh -F "$work/config" host "$1"
}

# carry_out COMMAND: the same, after the host was reached. What the command has to say it says itself; of a
# connection that ends meanwhile, ssh says neither which nor what to do.
carry_out() {
  on "$1" || {
    code=$?
    [ "$code" != 255 ] ||
      fail "ssh to $at: the connection was lost at work; once the host is up, run pulumi up again: it goes on where it was"
    exit "$code"
  }
}

# reach COMMAND: runs it there without input and with patience. It tries again while nobody answers, since a
# host that reboots comes back, and stops at once when the host's key or ours is refused.
reach() {
  started=$(date +%s)
  until on "$1" </dev/null 2>"$work/errors"; do
    code=$?
    # Of a failure at the bastion, the last line is only what became of it.
    words=$(tr -d '\r' <"$work/errors" | grep -v '^kex_exchange_identification: Connection' | tail -n 1)
    words=${words:-the connection was closed}
    case $code:$(cat "$work/errors") in
      255:*"verification failed"* | 255:*"host key is known"* | 255:*"matching host key type"*)
        fail "ssh to $at: $words; the host key is not the one in known_hosts: find out why before you change that" ;;
      255:*"ermission denied"* | 255:*"Too many auth"*)
        fail "ssh to $at: $words; let the key log in there, or correct ssh.user and ssh.privateKeyFile" ;;
      255:*"resolve hostname"*)
        fail "ssh to $at: $words; correct the address" ;;
      255:*)
        [ $(($(date +%s) - started)) -lt "$wait" ] ||
          fail "ssh to $at: $words; is the host up and its sshd reachable from here? If it is gone for good, set lost: true on it" ;;
      *) cat "$work/errors" >&2 && exit "$code" ;;
    esac
    sleep 2
  done
}

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

without_password() {
  cat <<END
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

# Unpacks what comes in, below $4, and hands over to it.
# shellcheck disable=SC2016 # expanded on the host
receive='umask 022
new=$4.$$ place=${4%/*}
mkdir -p $new && gzip -dc | tar -xf - -C $new &&
  exec env FM_HOST=$1 FM_ADDRESS=$2 FM_ID=$3 sh $new/install.sh install </dev/null
free=$(df -Pk $place | tail -n 1 | tr -s " " | cut -d " " -f 4)
echo "flower-monitoring: $1: bundle: cannot unpack, $free KiB are free in $place; make room" >&2
rm -rf $new
rmdir $place 2>/dev/null
exit 1'

# The installer that the host has kept takes away what it put there.
# shellcheck disable=SC2016 # expanded on the host
remove='for kept in /opt/flower-monitoring/current /opt/flower-monitoring/releases/* /var/lib/flower-monitoring/remover; do
  [ -f $kept/install.sh ] || continue
  sh $kept/install.sh remove || exit
  break
done
rm -rf /opt/flower-monitoring'

install() {
  reach "sh -c $(quoted "$ask")" >"$work/has"
  cache=${FLOWER_MONITORING_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/flower-monitoring}
  # Memory holds the small part; a rerun that finds nothing to do then writes nothing on a disk.
  place=/run/flower-monitoring
  set --
  for blob in $blobs; do
    if grep -qxF "${blob%/*}" "$work/has" && ! grep -qF "${blob#*/}" "$work/has"; then
      place=/opt/flower-monitoring/.unpack
      set -- "$@" "$cache/blobs/${blob#*/}.tar.gz"
    fi
  done
  for file in "$@" "$cache/bundles/$bundle.tar.gz"; do
    [ -f "$file" ] || fail "$file is not there; run pulumi up again, which makes it"
  done
  id=$(printf %.12s "$bundle")
  cat "$@" "$cache/bundles/$bundle.tar.gz" | as_root "$receive" - "$name" "$address" "$id" "$place"
}

open_session
case $action in
  install) install ;;
  remove)
    reach :
    as_root "$remove" - </dev/null
    ;;
  run)
    reach :
    carry_out "exec timeout $deadline sh -s"
    ;;
  *) fail "got \"$action\"; allowed: install, remove, run" ;;
esac
