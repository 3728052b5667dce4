# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# Step 4: the unit is active and the part shows its own metric, on its socket or in its file.

# Longest that an exporter may take to answer, in seconds. Importing flwr alone takes several on a
# busy host.
patience=60

verify_changed() {
  step=verify
  for part in $restarted; do
    optional "$here" "$part" || wait_for "$here" "$part" "$patience" || explain "$part"
  done
  verify_optional
  hook_settled "$here" || verify_hook
}

verify_all() {
  step=verify
  for part in $(parts_of "$here"); do
    optional "$here" "$part" || wait_for "$here" "$part" 5 || explain "$part"
  done
  set_pth "$here"
  verify_hook
  verify_optional
  tell_all_ailing
  news=$(warnings)
}

# True when a run would change nothing; then nothing is written, not even a time stamp.
healthy() {
  step=compare
  target=$root/releases/$FM_ID
  forced=
  ailing=
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
    part_ok "$here" "$part" || still_ailing "$part" || return 1
  done
  none_recovered || return 1
  news=$(warnings)
}

# wait_for RELEASE PART SECONDS
wait_for() {
  tries=$(($3 * 2))
  while [ "$tries" -gt 0 ]; do
    if systemctl -q is-active "$(unit_of "$2")" && answers "$1" "$2"; then return 0; fi
    # It has died and been restarted twice: more waiting will not help.
    restarts=$(unit_is "$2" NRestarts)
    [ "${restarts:-0}" -lt 2 ] || return 1
    # It has died, and rests for longer than is waited here.
    ! optional "$1" "$2" || [ "$(unit_is "$2" SubState)" != auto-restart ] || return 1
    tries=$((tries - 1))
    sleep 0.5
  done
  return 1
}

# Reads the answer to its end: an exporter logs an error for each line that it cannot deliver.
answers() {
  answer_of "$1" "$2" 2>/dev/null |
    awk -v metric="$(part_field "$1" "$2" 4)" 'index($0, metric) == 1 { found = 1 } END { exit !found }'
}

answer_of() {
  case $(place_of "$1" "$2") in
    http:*) get "$(place_of "$1" "$2")" ;;
    # Written in the last two minutes, or whoever writes it has stopped.
    *) find "$(place_of "$1" "$2")" -mmin -2 -exec cat {} + ;;
  esac
}

# place_of RELEASE PART: where it shows its metrics.
place_of() {
  case $(part_field "$1" "$2" 3) in
    -) textfile_of "$2" ;;
    *) echo "http://$(listen_of "$1"):$(part_field "$1" "$2" 3)/metrics" ;;
  esac
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
  # Not a timer, which says nothing, but what it starts.
  unit=flower-monitoring-$1.service
  # Docker's own last line only says where its help is.
  last_words=$(journalctl -q --no-pager -o cat -n 5 _SYSTEMD_UNIT="$unit" 2>/dev/null | grep -v -e "^See 'docker" -e "^Run 'docker" -e '^$' | tail -n 1 | cut -c1-300 || true)
  denial=$(denial_of "$unit")
  die "$1 does not answer on $(place_of "$here" "$1") (unit $(systemctl is-active "$unit" || true)${last_words:+, last log line: $last_words})${denial:+; refused by policy: $denial}; read journalctl -u $unit on the host" no-answer
}
