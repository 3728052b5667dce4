# shellcheck shell=sh disable=SC2154,SC2034 # what is not set here comes from runner/doctor/vm.ts
# What the program's containers would meet on the monitoring VM, in the form of host/steps/check.sh, whose
# functions stand before this. Runs as the user that logs in: Docker must let this one in.

vm_docker() {
  have docker || die "there is no Docker on the monitoring VM; install Docker Engine"
  words=$(timeout 30 docker version --format '{{.Server.Version}}' 2>&1) ||
    die "Docker does not let $(id -un) in ($(echo "$words" | grep . | tail -n 1 | cut -c1-200)); start it, and put the user into its group: usermod -aG docker $(id -un)"
}

# vm_port SERVICE PORT: free, or published by our own container.
vm_port() {
  for inode in $(listeners "$2"); do
    if docker ps --filter "publish=$2" --format '{{.Names}}' | grep -qx "flower-monitoring-$1"; then return; fi
    die "port $2 on $FM_ADDRESS is taken by $(holder_of "$inode"); stop that service, or give $1 another port in flower-monitoring:monitoring.ports"
  done
}

vm_image() {
  timeout 30 docker image inspect "$1" >/dev/null 2>&1 ||
    timeout 60 docker manifest inspect "$1" >/dev/null 2>&1 ||
    die "$1 is not on the monitoring VM, and its registry does not give it; let the VM reach the registry, name a mirror in flower-monitoring:images, or bring the image with docker load"
}

# Unpacked, the three images take over 1 GiB; data comes on top.
vm_disk() {
  place=$(docker info --format '{{.DockerRootDir}}')
  free=$(free_kib "$place")
  [ "$free" -ge $((2 * 1024 * 1024)) ] ||
    die "$place has $free KiB free, 2 GiB are needed for images and first data; make room"
}

step=check
fact clock "$(date -u +%s)"
fact system "$(system_name)"
fact machine "$(uname -m)"
fact docker "$(engine_version docker)"
if examine fault docker vm_docker; then
  place=$(docker info --format '{{.DockerRootDir}}')
  fact free-kib "$(free_kib "$place")"
  examine fault disk vm_disk || :
  while read -r service port image; do
    [ -n "$service" ] || continue
    examine fault port vm_port "$service" "$port" || :
    examine fault image vm_image "$image" || :
  done <<END
$services
END
fi
