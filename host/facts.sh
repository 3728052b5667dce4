#!/bin/sh
# What this host is and where it differs from its release, for node_exporter's textfile collector;
# docs/host-metrics.md has the metrics. A timer runs it every 30 seconds, so it starts few programs,
# and reads a large file again only when the file was touched. It changes nothing but its own files.
set -u
umask 022
export LC_ALL=C PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"

here=$(cd "$(dirname "$0")" && pwd -P)
root=/opt/flower-monitoring
state=/var/lib/flower-monitoring
unit_dir=/etc/systemd/system
# Its memory between two runs, the StateDirectory of the unit.
memory=$state/facts

# shellcheck source=host/steps/common.sh
. "$here/steps/common.sh"
# shellcheck source=host/steps/images.sh
. "$here/steps/images.sh"
# shellcheck source=host/steps/flower-hook.sh
. "$here/steps/flower-hook.sh"
# shellcheck source=host/facts/drift.sh
. "$here/facts/drift.sh"
# shellcheck source=host/facts/inventory.sh
. "$here/facts/inventory.sh"
# shellcheck source=host/facts/gpu.sh
. "$here/facts/gpu.sh"
# shellcheck source=host/facts/certificates.sh
. "$here/facts/certificates.sh"
# shellcheck source=/dev/null
. "$here/bundle.env"

# family NAME HELP: the head of a metric; all of them are gauges.
family() {
  printf '# HELP %s %s\n# TYPE %s gauge\n' "$1" "$2" "$1"
}

facts() {
  family flower_monitoring_facts_timestamp_seconds "When these facts were written."
  echo "flower_monitoring_facts_timestamp_seconds $(date +%s)"
  drift_metrics
  flower_metrics
  gpu_metrics
  certificate_metrics
  missing_metrics
}

mkdir -p "$memory"
: >"$memory/missing"
find_drift
facts | put "$(textfile_of facts)" 644
# Last: a driver that hangs must not hold back the rest.
ask_gpus
