# shellcheck shell=sh disable=SC2154 # `here`, `FM_*` and `die` come from install.sh
# The Flower exporter runs on Flower's own Python, which has flwr and gRPC; ours comes in lib/.

flower_exporter_preflight() {
  [ -x "$FM_PYTHON" ] || die "python $FM_PYTHON is not there or not executable; set flower-monitoring:superlink.flower.python to the Python that runs the SuperLink"
  as_nobody "$FM_PYTHON" -c '' 2>/dev/null || die "python $FM_PYTHON does not run for users other than root; let them read and execute it and the directories above it"
  words=$(as_nobody "$FM_PYTHON" -c 'import flwr' 2>&1) || die "python $FM_PYTHON cannot import flwr ($(echo "$words" | grep . | tail -n 1)); set flower-monitoring:superlink.flower.python to the Python that runs the SuperLink"
  [ -z "$FM_CA_FILE" ] || as_nobody cat "$FM_CA_FILE" >/dev/null 2>&1 || die "the CA certificate $FM_CA_FILE is not there or only root can read it; correct flower-monitoring:superlink.flower.caFile, or let other users read the file (a certificate is public)"
}

# The exporter has an account of its own, so what root can read is no proof.
as_nobody() {
  as_user 65534 65534 "$@"
}

# A carried wheel is a zip of what belongs on the path: no pip and no network needed. Without one, pip
# takes it from the host's own package index, into our directory and only with the right checksum.
flower_exporter_install() {
  if [ -f "$here/requirements.txt" ]; then
    "$FM_PYTHON" -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-deps --no-compile \
      --require-hashes --target "$here/lib" --requirement "$here/requirements.txt" </dev/null >&2 ||
      die "pip of $FM_PYTHON cannot install prometheus_client; let this host reach a package index, or carry the wheel in the bundle with flower-monitoring:artifacts.wheels"
  fi
  for wheel in "$here"/wheels/*.whl; do
    [ -f "$wheel" ] || continue
    "$FM_PYTHON" -m zipfile -e "$wheel" "$here/lib" || die "cannot unpack $(basename "$wheel"); is the disk full?"
  done
  PYTHONPATH="$here/lib" "$FM_PYTHON" -c 'import flower_monitoring.exporter, prometheus_client' ||
    die "python $FM_PYTHON cannot load the exporter; its last line above says why"
}

# The SuperLink is asked as the exporter will ask it, by a user that owns nothing.
flower_exporter_check() {
  words=$(
    as_nobody env PYTHONPATH="$here/lib" FLWR_TELEMETRY_ENABLED=0 FL_EXPORTER_LISTEN="127.0.0.1:$(part_field "$here" flower-exporter 3)" \
      timeout 60 "$FM_PYTHON" -m flower_monitoring.exporter.check "$here/etc/flower-exporter.json" 2>&1 >/dev/null
  ) || die "$(echo "$words" | tail -n 1 | sed 's/^flower-exporter: //'); start the SuperLink, or correct controlApi and caFile in flower-monitoring:superlink.flower" no-superlink
}
