# shellcheck shell=sh disable=SC2154 # `here`, `arch` and `die` come from install.sh
# cAdvisor: reads the containers' cgroups, and their names from Docker's socket.

# Where Docker and the containerd beneath it listen; the unit's defaults are the same.
docker_socket=/var/run/docker.sock
containerd_socket=/run/containerd/containerd.sock
no_cadvisor="or set containerMetrics: false under flower for this host"

cadvisor_preflight() {
  case $(readlink -f "$docker_socket" || true) in
    *podman*) die "$docker_socket is Podman's here, and container metrics are read from Docker only; set containerMetrics: false under flower for this host" ;;
  esac
  if [ ! -S "$docker_socket" ]; then
    podman=
    ! have podman || podman=", only Podman, which container metrics are not read from"
    die "there is no Docker on this host ($docker_socket)$podman; install and start it, $no_cadvisor"
  fi
  # Without the command the socket has to be proof enough.
  ! have docker || cadvisor_asks_docker
}

# Docker keeps its images in containerd (the default since 29), then names of containers are found only
# with both sockets.
cadvisor_asks_docker() {
  driver=$(DOCKER_HOST=unix://$docker_socket timeout 30 docker info --format '{{.Driver}}' 2>/dev/null) ||
    die "Docker does not answer on $docker_socket; look at systemctl status docker, $no_cadvisor"
  [ "$driver" != overlayfs ] || [ -S "$containerd_socket" ] ||
    die "Docker keeps its images in containerd, whose socket is not at $containerd_socket; without it containers have no names; run Docker with the system's containerd, $no_cadvisor"
}

cadvisor_install() {
  [ -f "$here/bin/cadvisor" ] || die "the bundle has neither bin/cadvisor nor a download for $arch; set flower-monitoring:artifacts.cadvisor"
  chmod 755 "$here/bin/cadvisor" # a download of a single file has no mode
  "$here/bin/cadvisor" --version >/dev/null 2>&1 || die "bin/cadvisor of the bundle does not run on this host; is it built for $arch?"
}
