#!/bin/sh
# Containers of our parts, with the engine that the host has: Docker, else Podman. Units and the
# installer call it:
#   container.sh run NAME IMAGE OPTION... -- ARGUMENT...   in the foreground, as a unit's main process
#   container.sh stop|remove|running NAME
#   container.sh present|offered|drop IMAGE   (offered: its registry gives it to this host)
# An image comes from images/<part>.tar beside this script, where the bundle carries it, else from
# its registry. Both happen in `run`, so that nobody waits for them but the unit itself.
set -eu

release=$(cd "$(dirname "$0")" && pwd -P)

# Longest that the engine may take for a small request, in seconds; one that hangs is not waited for.
LIMIT=30

fail() {
  echo "$1" >&2
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# Sets `engine`. The package podman-docker has a `docker` that is Podman.
find_engine() {
  if have podman && { ! have docker || docker --version 2>/dev/null | grep -qi podman; }; then
    engine=podman
  elif have docker; then
    engine=docker
  else
    fail "neither Docker nor Podman is on this host"
  fi
}

ask() {
  timeout "$LIMIT" "$engine" "$@" 2>/dev/null
}

image_id() {
  ask image inspect --format '{{.Id}}' "$1"
}

run() {
  name=$1
  image=$2
  shift 2
  provide_image
  # The list is walked once, and each word goes back to its end as the engine wants it.
  options=yes
  for word in "$@"; do
    shift
    case $options$word in
      yes--) word=$image options= ;;
      yes--gpus=all) [ "$engine" = docker ] || word=--device=nvidia.com/gpu=all ;;
      yes--publish=*) word=--publish=$(by_number "${word#--publish=}") ;;
    esac
    set -- "$@" "$word"
  done
  exec "$engine" run --rm --name "$name" "$@"
}

# by_number HOST:PORT:PORT: engines publish on an IP address, and a host may be known by its name.
by_number() {
  case $1 in
    \[*) echo "$1" ;;
    *)
      address=$(getent ahosts "${1%%:*}" | awk 'NR == 1 { print $1 }')
      [ -n "$address" ] || fail "the name ${1%%:*} cannot be resolved on this host"
      case $address in *:*) address="[$address]" ;; esac
      echo "$address:${1#*:}"
      ;;
  esac
}

# What is fetched here is noted, for the installer to take away; an image that was there before is used
# as it is. Another archive may bring another image under the same name.
provide_image() {
  archive=$release/images/${name#flower-monitoring-}.tar
  noted=/var/lib/flower-monitoring/images/$(printf '%s' "$image" | tr -c 'A-Za-z0-9._-' _)
  before=$(image_id "$image" || true)
  sum=none
  [ ! -f "$archive" ] || sum=$(sha256sum <"$archive")
  if [ -n "$before" ] && { [ "$sum" = none ] || [ ! -f "$noted" ] || grep -qxF "$sum" "$noted"; }; then return; fi
  mkdir -p "$(dirname "$noted")"
  echo "$image" >"$noted"
  if [ "$sum" = none ]; then pull; else load; fi
  echo "$sum" >>"$noted"
}

pull() {
  echo "pulling $image"
  "$engine" pull --quiet "$image" >/dev/null ||
    fail "cannot pull $image; let this host reach its registry, or carry it with flower-monitoring:artifacts"
}

load() {
  echo "loading $image from $archive"
  "$engine" load --quiet --input "$archive" >/dev/null || fail "$engine load of $archive failed"
  now=$(image_id "$image") ||
    fail "the archive of flower-monitoring:artifacts.dcgmImage has no $image; save that one, or name the other in flower-monitoring:images"
  [ -z "$before" ] || [ "$before" = "$now" ] || ask image rm "$before" >/dev/null || true
}

command=${1-}
[ $# -gt 1 ] || fail "got \"$*\"; see the first lines of this script"
shift
find_engine
case $command in
  run) run "$@" ;;
  stop) ask stop -t 5 "$1" >/dev/null ;;
  remove) ask rm --force --volumes "$1" >/dev/null ;;
  running) [ "$(ask container inspect --format '{{.State.Running}}' "$1")" = true ] ;;
  present) image_id "$1" >/dev/null ;;
  offered) ask manifest inspect "$1" >/dev/null ;;
  drop) ask image rm "$1" >/dev/null ;;
  *) fail "got \"$command\"; allowed: run, stop, remove, running, present, offered, drop" ;;
esac
