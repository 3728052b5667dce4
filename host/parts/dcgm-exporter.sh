# shellcheck shell=sh disable=SC2154 # `here` and `die` come from install.sh
# The DCGM exporter runs in a container (container.sh, which its unit calls). It can do without our
# help once a driver, a container toolkit and its image are there; here is said which of them is not.

dcgm_exporter_preflight() {
  [ ! -e /etc/nv_tegra_release ] ||
    die "this is a Jetson (Tegra), which DCGM does not support; set $(dcgm_exporter_off)" jetson
  dcgm_exporter_engine
  dcgm_exporter_driver
  dcgm_exporter_toolkit
}

dcgm_exporter_off() {
  echo "dcgm: false (gpu: false where there is no GPU) for this host in flower-monitoring:supernodes"
}

dcgm_exporter_engine() {
  if have docker; then
    timeout 30 docker version >/dev/null 2>&1 ||
      die "Docker is here but its engine does not answer; start it: systemctl start docker" no-engine
  elif ! have podman; then
    die "neither Docker nor Podman is on this host; install one of them, or set $(dcgm_exporter_off)" no-engine
  fi
}

# A driver in trouble can hang whoever asks it.
dcgm_exporter_driver() {
  have nvidia-smi ||
    die "there is no NVIDIA driver on this host (no nvidia-smi); install it, or set $(dcgm_exporter_off)" no-driver
  gpus=$(timeout 30 nvidia-smi --query-gpu=uuid --format=csv,noheader 2>&1) ||
    die "nvidia-smi fails: $(echo "$gpus" | tail -n 1 | cut -c1-200); repair the driver, often by a reboot" no-driver
  case $gpus in
    *GPU-*) ;;
    *) die "nvidia-smi lists no GPU; set $(dcgm_exporter_off)" no-gpu ;;
  esac
}

# The engine's own hook, the newer one that reads CDI files, or such a file (all that Podman needs).
dcgm_exporter_toolkit() {
  for hook in nvidia-container-runtime-hook nvidia-cdi-hook; do
    if have docker && have "$hook"; then return; fi
  done
  grep -qs 'nvidia.com/gpu' /etc/cdi/* /var/run/cdi/* 2>/dev/null ||
    die "the NVIDIA Container Toolkit is not on this host, so no container sees a GPU; install nvidia-container-toolkit, then restart the engine" no-toolkit
}

# Why it does not answer, beyond what preflight finds.
dcgm_exporter_diagnose() {
  image=$(image_of "$here" dcgm-exporter)
  sh "$here/container.sh" present "$image" ||
    die "its image $image is not on this host yet: it is being fetched, or cannot be; it starts by itself once it is there (journalctl -u $(unit_of dcgm-exporter))" no-image
}

# What is not here comes with the bundle, or has to be had from its registry.
dcgm_exporter_check() {
  image=$(image_of "$here" dcgm-exporter)
  if grep -qs ' images/dcgm-exporter.tar$' "$here/fetch" || sh "$here/container.sh" present "$image"; then return; fi
  sh "$here/container.sh" offered "$image" ||
    die "its image $image is not on this host, and its registry does not give it; let this host reach the registry, or carry the image with flower-monitoring:artifacts.dcgmImage" no-image
}
