#!/bin/sh
# A test double of the docker command, for scripts that push configuration. Containers of `run` are
# a shell in this machine: the script that it gets on standard input changes into the "volume" by
# itself. The running service is the directory $FAKE/service:
#   running       exists when the container runs
#   successful    its metric <prefix>_config_last_reload_successful
#   timestamp     its metric <prefix>_config_last_reload_success_timestamp_seconds
#   loaded        what it has loaded
# $FAKE/die_at names the call at which the whole script is killed. Calls are listed in $FAKE/calls.
set -eu
service=$FAKE/service
echo "$*" >> "$FAKE/calls"

case "$*" in "$(cat "$FAKE/die_at" 2>/dev/null || echo none)"*) kill -KILL 0 ;; esac

reload() {
  if grep -rq refused-by-service "$FAKE/volume/current/"; then
    echo 0 > "$service/successful"
    return 0
  fi
  cat "$FAKE/volume/current/"*.yml > "$service/loaded"
  echo 1 > "$service/successful"
  echo $(($(cat "$service/timestamp") + 1)) > "$service/timestamp"
}

case $1 in
  run) exec "$FAKE_SHELL" -s ;;
  container) [ -e "$service/running" ] && echo true ;;
  exec)
    [ ! -e "$service/mute" ] || exit 1
    case "$*" in *" kill -HUP 1") reload && exit ;; esac
    echo "# HELP prometheus_config_last_reload_successful Whether it was."
    echo "prometheus_config_last_reload_successful $(cat "$service/successful")"
    echo "prometheus_config_last_reload_success_timestamp_seconds $(cat "$service/timestamp")"
    ;;
  logs) echo "the service's last words" ;;
  *) echo "fake docker: $*: not known" >&2; exit 2 ;;
esac
