# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# Parts that run in containers: containers.list has a line PART IMAGE for each. Their units start and
# stop them; here is remembered what to take away, and what is theirs.

container_of() {
  echo "flower-monitoring-$1"
}

in_container() {
  grep -qxF "container $(container_of "$1")" "$state/journal" 2>/dev/null
}

container_runs() {
  sh "$here/container.sh" running "$(container_of "$1")" 2>/dev/null
}

note_containers() {
  for part in $(parts_of "$1"); do
    [ -z "$(image_of "$1" "$part")" ] || note container "$(container_of "$part")"
  done
}

# drop_strange_containers RELEASE: those that it does not have, and of the images that container.sh
# fetched those that it does not run. Units are gone first. An image stays where somebody else uses it.
drop_strange_containers() {
  sed -n 's/^container //p' "$state/journal" 2>/dev/null | while read -r name; do
    [ -z "$(image_of "$1" "${name#flower-monitoring-}")" ] || continue
    sh "$here/container.sh" remove "$name" 2>/dev/null || :
    forget container "$name"
  done
  for noted in "$state"/images/*; do
    [ -f "$noted" ] || continue
    image=$(head -n 1 "$noted")
    if grep -qs " $image\$" "$1/containers.list"; then continue; fi
    sh "$here/container.sh" drop "$image" 2>/dev/null || :
    rm -f "$noted"
  done
  rmdir "$state/images" 2>/dev/null || :
}
