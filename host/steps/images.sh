# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# Whether a part's container runs the image that the release names for it. containers.list has a line
# PART IMAGE for each part that runs in one; the container has the name of the unit.

# image_of RELEASE PART: nothing where it runs in none.
image_of() {
  [ ! -f "$1/containers.list" ] || awk -v part="$2" '$1 == part { print $2 }' "$1/containers.list"
}

# image_in_place RELEASE PART. True too where no container runs, as its unit tells that, and where the
# engine does not answer, which sets `engine_hangs`: what runs may be right.
image_in_place() {
  engine_hangs=
  image=$(image_of "$1" "$2")
  [ -n "$image" ] || return 0
  container=flower-monitoring-$2
  # By the id, which is the same for all names of an image; by the name where the image is gone.
  runs=$(ask_engine container inspect --format '{{.Image}}' "$container") || {
    [ $? != 124 ] || engine_hangs=yes
    return 0
  }
  wanted=$(ask_engine image inspect --format '{{.Id}}' "$image") ||
    { wanted=$image runs=$(ask_engine container inspect --format '{{.Config.Image}}' "$container"); }
  [ "$runs" = "$wanted" ]
}

# Docker, else Podman; the package podman-docker has a `docker` that is Podman too. One that hangs is
# not waited for.
ask_engine() {
  engine=podman
  ! have docker || engine=docker
  timeout 5 "$engine" "$@" 2>/dev/null
}
