# shellcheck shell=sh disable=SC2154 # `here` and `die` come from install.sh
# Facts of the host for node_exporter: a script of the bundle, started by a timer.

facts_preflight() {
  for tool in cut date find readlink sort stat tail timeout uniq xargs; do
    have "$tool" || die "$tool is not on this host; install the package that has it"
  done
}
