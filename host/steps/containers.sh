# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# Parts that run in containers: containers.list has a line PART IMAGE for each. Their units start and
# stop them; here is remembered what to take away, and what is theirs.

# image_of RELEASE PART
image_of() {
  [ ! -f "$1/containers.list" ] || awk -v part="$2" '$1 == part { print $2 }' "$1/containers.list"
}

container_of() {
  echo "flower-monitoring-$1"
}

in_container() {
  grep -qxF "container $(container_of "$1")" "$state/journal" 2>/dev/null
}

container_runs() {
  sh "$here/container.sh" running "$(container_of "$1")"
}

# An image that was there before us is not ours to remove.
note_containers() {
  [ -f "$1/containers.list" ] || return 0
  while read -r part image; do
    note container "$(container_of "$part")"
    sh "$here/container.sh" present "$image" 2>/dev/null || note image "$image"
  done <"$1/containers.list"
}

# drop_strange_containers RELEASE: those, and their images, that it does not have. Units are gone first.
drop_strange_containers() {
  [ -f "$state/journal" ] || return 0
  sed -n 's/^container //p' "$state/journal" | while read -r name; do
    [ -n "$(image_of "$1" "${name#flower-monitoring-}")" ] || drop_thing container "$name"
  done
  sed -n 's/^image //p' "$state/journal" | while read -r image; do
    grep -qsF " $image" "$1/containers.list" || drop_thing image "$image"
  done
}

# An image stays where somebody else uses it: the engine refuses to remove it.
drop_thing() {
  case $1 in
    container) sh "$here/container.sh" remove "$2" 2>/dev/null || : ;;
    image) sh "$here/container.sh" drop "$2" 2>/dev/null || : ;;
  esac
  forget "$1" "$2"
}
