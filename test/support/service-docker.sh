#!/bin/sh
# A test double of the docker command, for scripts that talk to a running service: the service is a
# process of this machine, whose log is $SERVICE_LOG. Calls are listed in $SERVICE_CALLS.
set -eu
echo "$*" >> "$SERVICE_CALLS"
case $1 in
  exec)
    shift
    [ "$1" != -i ] || shift
    [ "$1" = flower-monitoring-alertmanager ] || { echo "no such container: $1" >&2; exit 1; }
    shift
    exec "$@"
    ;;
  logs) cat "$SERVICE_LOG" >&2 ;;
  *) echo "service docker: $*: not known" >&2; exit 2 ;;
esac
