#!/bin/sh
# A simulated host: sshd starts this for each session, whatever was asked for. It answers as a host
# does to components/session.sh, and installs nothing: a file stands for the installation.
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

# A host reads its input, the bundle, to its end before it answers.
case $SSH_ORIGINAL_COMMAND in
*"sh \$new/install.sh"*)
  cat >/dev/null
  : >installed
  echo "ok host=$address bundle=simulated changed=yes"
  ;;
*"install.sh remove"*)
  cat >/dev/null
  rm -f installed
  ;;
# Asked what it is and has: nothing yet.
*)
  uname -m
  echo any
  ;;
esac
