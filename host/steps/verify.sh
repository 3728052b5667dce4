# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# Step 4: the unit is active and the socket answers with the exporter's own metric.

# Longest that an exporter may take to answer, in seconds. Importing flwr alone takes several on a
# busy host.
patience=60

verify_changed() {
  step=verify
  for part in $restarted; do
    wait_for "$here" "$part" "$patience" || explain "$part"
  done
  hook_settled "$here" || verify_hook
}

verify_all() {
  step=verify
  for part in $(parts_of "$here"); do
    wait_for "$here" "$part" 5 || explain "$part"
  done
  set_pth "$here"
  verify_hook
}

# True when a run would change nothing; then nothing is written, not even a time stamp.
healthy() {
  step=compare
  target=$root/releases/$FM_ID
  forced=
  [ "$here" = "$target" ] || return 1
  [ "$(readlink "$root/current")" = "releases/$FM_ID" ] || return 1
  [ "$(good_release)" = "$FM_ID" ] || return 1
  [ "$(ls -A "$root/releases")" = "$FM_ID" ] || return 1
  host_env | same "$here/host.env" || return 1
  [ -f "$state/remover/install.sh" ] || return 1
  bundle_metric | same "$state/textfile/bundle.prom" || return 1
  id -u "$account" >/dev/null 2>&1 || return 1
  hook_intact "$here" || return 1
  for part in $(parts_of "$here"); do
    part_ok "$here" "$part" || return 1
  done
}

# wait_for RELEASE PART SECONDS
wait_for() {
  tries=$(($3 * 2))
  while [ "$tries" -gt 0 ]; do
    if systemctl -q is-active "$(unit_of "$2")" && answers "$1" "$2"; then return 0; fi
    # It has died and been restarted twice: more waiting will not help.
    [ "$(systemctl show -p NRestarts --value "$(unit_of "$2")")" -lt 2 ] || return 1
    tries=$((tries - 1))
    sleep 0.5
  done
  return 1
}

# Reads the answer to its end: an exporter logs an error for each line that it cannot deliver.
answers() {
  get "$(url_of "$1" "$2")" 2>/dev/null |
    awk -v metric="$(part_field "$1" "$2" 4)" 'index($0, metric) == 1 { found = 1 } END { exit !found }'
}

url_of() {
  echo "http://$(listen_of "$1"):$(part_field "$1" "$2" 3)/metrics"
}

get() {
  case $(fetcher) in
    curl) curl -fsS --noproxy '*' --max-time 5 "$1" ;;
    wget) http_proxy='' no_proxy='*' wget -q -T 5 -O - "$1" ;;
    *) "$(fetcher)" -c 'import sys, urllib.request as r
sys.stdout.buffer.write(r.build_opener(r.ProxyHandler({})).open(sys.argv[1], timeout=5).read())' "$1" ;;
  esac
}

explain() {
  unit=$(unit_of "$1")
  last_words=$(journalctl -q --no-pager -o cat -n 1 _SYSTEMD_UNIT="$unit" 2>/dev/null | cut -c1-300 || true)
  die "$1 does not answer on $(url_of "$here" "$1") (unit $(systemctl is-active "$unit" || true)${last_words:+, last log line: $last_words}); read journalctl -u $unit on the host"
}
