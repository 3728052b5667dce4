set -eu
unset DOCKER_CONTEXT
# configuration 69ad5568ef5aa980
in_service() { docker exec flower-monitoring-alertmanager "$@"; }
# Lines of receiver, integration, requests that were taken, notifications that were given up.
counters() {
  in_service wget -q -O - http://127.0.0.1:9093/metrics 2>/dev/null | awk '
    function label(name) {
      if (!match($0, name "=\"[^\"]*\"")) return ""
      return substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 3)
    }
    function id() { return label("receiver_name") " " label("integration") }
    /^alertmanager_notification_requests_total[{]/ { taken[id()] += $NF }
    /^alertmanager_notification_requests_failed_total[{]/ { taken[id()] -= $NF }
    /^alertmanager_notifications_failed_total[{]/ { given_up[id()] += $NF }
    END { for (one in taken) print one, taken[one], given_up[one] + 0 }'
}
expected='lab webhook'
# Lines of state, receiver, integration. $1: how often each must have been told since the start.
progress() {
  { echo "$before"; echo now; counters; echo expected; echo "$expected"; } | awk -v times="$1" '
    NF == 1 { part = $1; next }
    { id = $1 " " $2 }
    part == "" { taken0[id] = $3; given_up0[id] = $4; next }
    part == "now" { taken[id] = $3; given_up[id] = $4; next }
    !(id in taken0) || !(id in taken) { print "unknown", id; next }
    taken[id] - taken0[id] >= times { print "delivered", id; next }
    { print (given_up[id] > given_up0[id] ? "refused" : "waiting"), id }'
}
await() {
  waited=0
  while :; do
    state=$(progress "$1")
    case $state in
      *waiting* | *unknown*) ;;
      *refused*) return 1 ;;
      *) return 0 ;;
    esac
    [ "$waited" -lt 40 ] || return 1
    waited=$((waited + 1))
    sleep 1
  done
}
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
tell() {
  # shellcheck disable=SC2043 # often there is just one
  for receiver in lab; do
    in_service amtool --alertmanager.url=http://127.0.0.1:9093 alert add "$@" --start="$started" \
      alertname=FlowerMonitoringDeliveryTest "receiver=$receiver" "test=$test" severity=info federation=demo \
      "--annotation=summary=\"Test: alerts reach the receiver $receiver\"" \
      '--annotation=description="Alertmanager has a new configuration, and this proves it. The test ends by itself; nothing has to be done."'
  done
}
hide() { cat; }
# What Alertmanager says of the test of a receiver and an integration.
reason() {
  docker logs --since "$started" flower-monitoring-alertmanager 2>&1 | grep -F "$test" |
    grep -F -e "$1/$2[0]: " -e "receiver=$1 integration=$2[0]" |
    awk '{ text = substr($0, index($0, " err=") + 5); gsub(/^"|"$/, "", text); gsub(/\\"/, "\"", text); print text }' |
    tail -n 1 | hide
}
report() {
  echo "$state" | while read -r how receiver integration; do
    [ "$how" != delivered ] || continue
    why=$(reason "$receiver" "$integration")
    echo "receiver $receiver: $integration $1: ${why:-no attempt came to an end within 40 s; is a silence in the way?}" >&2
  done
  exit 1
}
tries=0
until before=$(counters) && ! progress 0 | grep -q unknown; do
  tries=$((tries + 1))
  if [ "$tries" -gt 15 ]; then
    echo "flower-monitoring-alertmanager does not answer, or does not count notifications by receiver" >&2
    exit 1
  fi
  sleep 1
done
test=$(date +%s)-$$
started=$(now)
tell
if ! await 1; then
  tell --end="$(now)" || :
  report "was not told of the test alert"
fi
tell --end="$(now)"
await 2 || report "was told of the test alert, but not of its end"
echo "delivered to lab (webhook)"
