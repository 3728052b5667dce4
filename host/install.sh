#!/bin/sh
# Installs, checks or removes the exporters of one bundle: install.sh install|verify|remove|check
#
# A session (components/session.sh) unpacks a bundle, with the blobs that the host lacks, and runs this
# with FM_HOST, FM_ADDRESS and FM_ID set; by hand, from /opt/flower-monitoring/current, none is needed.
# Every exporter ("part") takes the same steps in the same order: preflight, install, configure,
# verify. Everything is compared before it is written, so any run may be killed and run again.
set -eu
umask 022
# Python must leave no cache in Flower's own directories, and needs no hook when we ask it something.
export PYTHONDONTWRITEBYTECODE=1 FL_MONITORING_HOOK=off LC_ALL=C PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"

here=$(cd "$(dirname "$0")" && pwd -P)
unpacked=$here
root=/opt/flower-monitoring
state=/var/lib/flower-monitoring
unit_dir=/etc/systemd/system
account=flower-monitoring
step=start
phase=idle

# shellcheck source=host/steps/common.sh
. "$here/steps/common.sh"
# shellcheck source=host/steps/preflight.sh
. "$here/steps/preflight.sh"
# shellcheck source=host/steps/install.sh
. "$here/steps/install.sh"
# shellcheck source=host/steps/configure.sh
. "$here/steps/configure.sh"
# shellcheck source=host/steps/flower-hook.sh
. "$here/steps/flower-hook.sh"
# shellcheck source=host/steps/images.sh
. "$here/steps/images.sh"
# shellcheck source=host/steps/containers.sh
. "$here/steps/containers.sh"
# shellcheck source=host/steps/optional.sh
. "$here/steps/optional.sh"
# shellcheck source=host/steps/security.sh
. "$here/steps/security.sh"
# shellcheck source=host/steps/verify.sh
. "$here/steps/verify.sh"
# shellcheck source=host/steps/remove.sh
. "$here/steps/remove.sh"
# shellcheck source=host/steps/check.sh
. "$here/steps/check.sh"
# shellcheck source=host/facts/inventory.sh
. "$here/facts/inventory.sh"
for file in "$here"/parts/*.sh; do
  # shellcheck source=/dev/null
  . "$file"
done
# shellcheck source=/dev/null
. "$here/bundle.env"

[ "$(id -u)" = 0 ] || die "this needs root; run it with sudo"
load_host_values

command=${1-}
case $command in
  install | verify | remove | check) ;;
  *) die "got \"$command\"; allowed: install, verify, remove, check" ;;
esac

trap on_exit EXIT
trap 'die "stopped by a signal or by the time limit; run again"' HUP INT TERM
[ "$command" = check ] || take_lock

case $command in
  install)
    changed=0
    news=
    use_finished_release
    if ! healthy; then
      preflight
      install_payload
      phase=switching
      configure
      verify_changed
      phase=settled
      tidy
      news=$news$(firewall_note)$(clock_note)
    fi
    echo "ok host=$FM_HOST bundle=$FM_ID changed=$changed$news"
    ;;
  verify)
    verify_all
    echo "ok host=$FM_HOST bundle=$FM_ID changed=0$news"
    ;;
  remove)
    remove_everything
    echo "ok host=$FM_HOST removed"
    ;;
  check) check_everything ;;
esac
