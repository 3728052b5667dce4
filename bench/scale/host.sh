#!/bin/sh
# A simulated host: sshd starts this for each session, whatever was asked for. It answers the
# installer's session as a host does, and installs nothing: a file stands for the installation.
#   host.sh DIRECTORY   each address has its home below that
set -eu

directory=$1
# Client and server, address and port of each.
read -r _ _ address _ <<END
$SSH_CONNECTION
END
home=$directory/$address
mkdir -p "$home"
cd "$home"

case $SSH_ORIGINAL_COMMAND in
*sftp*) exec /usr/lib/openssh/sftp-server ;;
esac

# A host reads the whole script, and whatever comes behind it, before it answers.
cat >/dev/null
case $SSH_ORIGINAL_COMMAND in
*remove*) rm -f installed ;;
*install*)
  : >installed
  echo "ok host=$address bundle=simulated changed=yes"
  ;;
*)
  echo "a simulated host cannot do: $SSH_ORIGINAL_COMMAND" >&2
  exit 1
  ;;
esac
