# shellcheck shell=sh disable=SC2154 # the host's values are read by session.sh
# The connection of a session: OpenSSH's configuration, one try or several, and what its errors mean.

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
    [ "$code" = 255 ] || { cat "$work/errors" >&2 && exit "$code"; }
    stop_if_refused
    [ $(($(date +%s) - started)) -lt "$wait" ] || stop_unanswered
    sleep 2
  done
}

# Of a failure at the bastion, the last line is only what became of it.
ssh_words() {
  words=$(tr -d '\r' <"$work/errors" | grep -v '^kex_exchange_identification: Connection' | tail -n 1)
  words=${words:-the connection was closed}
}

# Fails where another try would end in the same way.
stop_if_refused() {
  ssh_words
  case $(cat "$work/errors") in
    *"verification failed"* | *"host key is known"* | *"matching host key type"*)
      fail "ssh to $at: $words; the host key is not the one in known_hosts: find out why before you change that" ;;
    *"ermission denied"* | *"Too many auth"*)
      fail "ssh to $at: $words; let the key log in there, or correct ssh.user and ssh.privateKeyFile" ;;
    *"resolve hostname"*)
      fail "ssh to $at: $words; correct the address" ;;
  esac
}

stop_unanswered() {
  fail "ssh to $at: $words; is the host up and its sshd reachable from here? If it is gone for good, set lost: true on it"
}

# The key that the host shows, as `TYPE BASE64`, of the pinned type where it has one. Nobody has vouched
# for it: nothing is logged in to, and of a bastion in between only the pinned key is taken.
show_key() {
  case ${host_key%% *} in
    '') first=ssh-ed25519 ;;
    ssh-rsa) first=rsa-sha2-512,rsa-sha2-256 ;;
    *) first=${host_key%% *} ;;
  esac
  ssh -F "$work/config" -o ControlPath=none -o PreferredAuthentications=none -o HashKnownHosts=no \
    -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$work/shown" -o HostKeyAlgorithms="^$first" \
    host : </dev/null >/dev/null 2>"$work/errors" || :
  if [ -s "$work/shown" ]; then
    head -n 1 "$work/shown" | cut -d ' ' -f 2,3
    return
  fi
  stop_if_refused
  stop_unanswered
}
