# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with facts.sh
# What the host has, beyond our own parts, and what could not be found out about it.

# lacks FACT WHY: what should be known and is not, with the reason, instead of silence.
lacks() {
  echo "$1 $2" >>"$memory/missing"
}

missing_metrics() {
  family flower_monitoring_fact_missing "A fact that this host should tell and cannot, and why."
  while read -r fact reason; do
    printf 'flower_monitoring_fact_missing{fact="%s",reason="%s"} 1\n' "$fact" "$reason"
  done <"$memory/missing"
}

# From the directory that pip leaves beside the package: starting Flower's Python takes a second, and
# root would run what another user owns.
flower_version() {
  prefix=${FM_PYTHON%/*/*}
  for info in "$prefix"/lib*/python3*/*-packages/flwr-*.dist-info \
    "$prefix"/lib*/python3*/*-packages/flwr_nightly-*.dist-info \
    "$prefix"/local/lib*/python3*/*-packages/flwr-*.dist-info; do
    [ -d "$info" ] || continue
    version=${info##*/}
    version=${version#*-}
    echo "${version%.dist-info}"
    return
  done
}

flower_metrics() {
  [ -n "$FM_PYTHON" ] || return 0
  family flower_monitoring_flower_info "Version of Flower in the environment of flower.python."
  version=$(flower_version)
  if [ -n "$version" ]; then
    printf 'flower_monitoring_flower_info{version="%s"} 1\n' "$(label "$version")"
  else
    lacks flower-version "no flwr beside $FM_PYTHON"
  fi
}

# label TEXT: as the value of a label.
label() {
  case $1 in
    *[\\\"]*) printf '%s' "$1" | sed 's/[\\"]/\\&/g' ;;
    *) printf '%s' "$1" ;;
  esac
}
