# shellcheck shell=sh disable=SC2154 # `here` and `die` come from install.sh
# node_exporter: nothing to prepare; the binary is in the bundle or in its fetch list.

node_exporter_install() {
  [ -f "$here/bin/node_exporter" ] || die "the bundle has neither bin/node_exporter nor a download for $arch; set flower-monitoring:artifacts.nodeExporter"
  "$here/bin/node_exporter" --version >/dev/null 2>&1 || die "bin/node_exporter of the bundle does not run on this host; is it built for $arch?"
}
