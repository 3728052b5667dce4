import { DELIVERY_TEST, DELIVERY_TEST_INTERVAL } from "./alertmanager-routes";
import { quote } from "./shell";

/** What the proof needs to know of Alertmanager. */
export interface DeliveryProofArgs {
  /** Its container; the script runs everything in there. */
  container: string;
  /** Its own address in the container. */
  url: string;
  /** Directory of secrets in the container, to keep them out of what is reported; absent without any. */
  secrets?: string;
  federation: string;
  /** Receivers to prove, and their integrations as Alertmanager's metrics name them. */
  receivers: { name: string; integrations: string[] }[];
  /** Changes with whatever the proof is about: the script runs when its text changed. */
  digest: string;
}

/**
 * Seconds until a test alert must be through: twice what Alertmanager tries before it gives up, and
 * some for its first look.
 */
const SECONDS = 2 * DELIVERY_TEST_INTERVAL + 10;

/** Seconds for Alertmanager to count by receiver: it does as soon as it has its configuration. */
const READY_SECONDS = 15;

/**
 * The script that proves receivers: a test alert goes through Alertmanager to each of them, and only
 * there; Alertmanager's own counters say whether it was taken; then it is ended, and the end has to be
 * taken too. Fails with the receiver's name and Alertmanager's reason.
 *
 * The counters are those of the receiver. A real notification that goes out at that moment counts as
 * well: it proves the same.
 */
export function renderDeliveryProof(args: DeliveryProofArgs): string {
  const expected = args.receivers.flatMap(({ name, integrations }) =>
    integrations.map((integration) => `${name} ${integration}`),
  );
  const names = args.receivers.map(({ name }) => name);
  return `set -eu
unset DOCKER_CONTEXT
# configuration ${args.digest}
in_service() { docker exec ${quote(args.container)} "$@"; }
# Lines of receiver, integration, requests that were taken, notifications that were given up.
counters() {
  in_service wget -q -O - ${quote(`${args.url}/metrics`)} 2>/dev/null | awk '
    function label(name) {
      if (!match($0, name "=\\"[^\\"]*\\"")) return ""
      return substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 3)
    }
    function id() { return label("receiver_name") " " label("integration") }
    /^alertmanager_notification_requests_total[{]/ { taken[id()] += $NF }
    /^alertmanager_notification_requests_failed_total[{]/ { taken[id()] -= $NF }
    /^alertmanager_notifications_failed_total[{]/ { given_up[id()] += $NF }
    END { for (one in taken) print one, taken[one], given_up[one] + 0 }'
}
expected='${expected.join("\n")}'
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
    [ "$waited" -lt ${SECONDS} ] || return 1
    waited=$((waited + 1))
    sleep 1
  done
}
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
tell() {
  # shellcheck disable=SC2043 # often there is just one
  for receiver in ${names.map(quote).join(" ")}; do
    in_service amtool --alertmanager.url=${quote(args.url)} alert add "$@" --start="$started" \\
      alertname=${DELIVERY_TEST} "receiver=$receiver" "test=$test" severity=info federation=${quote(args.federation)} \\
      "--annotation=summary=\\"Test: alerts reach the receiver $receiver\\"" \\
      '--annotation=description="Alertmanager has a new configuration, and this proves it. The test ends by itself; nothing has to be done."'
  done
}
${hide(args)}
# What Alertmanager says of the test of a receiver and an integration.
reason() {
  docker logs --since "$started" ${quote(args.container)} 2>&1 | grep -F "$test" |
    grep -F -e "$1/$2[0]: " -e "receiver=$1 integration=$2[0]" |
    awk '{ text = substr($0, index($0, " err=") + 5); gsub(/^"|"$/, "", text); gsub(/\\\\"/, "\\"", text); print text }' |
    tail -n 1 | hide
}
report() {
  echo "$state" | while read -r how receiver integration; do
    [ "$how" != delivered ] || continue
    why=$(reason "$receiver" "$integration")
    echo "receiver $receiver: $integration $1: \${why:-no attempt came to an end within ${SECONDS} s; is a silence in the way?}" >&2
  done
  exit 1
}
tries=0
until before=$(counters) && ! progress 0 | grep -q unknown; do
  tries=$((tries + 1))
  if [ "$tries" -gt ${READY_SECONDS} ]; then
    echo "${args.container} does not answer, or does not count notifications by receiver" >&2
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
echo "delivered to ${args.receivers.map(({ name, integrations }) => `${name} (${integrations.join(", ")})`).join(", ")}"
`;
}

/** A server may answer with the path it was asked for, which is the secret of many a webhook. */
function hide({ secrets, container }: DeliveryProofArgs): string {
  if (secrets === undefined) return "hide() { cat; }";
  return `hide() {
  docker exec -i ${quote(container)} sh -c 'awk "$0" "$1"/*' '
    BEGIN {
      for (i = 1; i < ARGC; i++) {
        while ((getline line < ARGV[i]) > 0) {
          secret[++n] = line
          if (sub(/^https?:[\\/][\\/][^\\/]*[\\/]/, "", line)) secret[++n] = line
        }
        ARGV[i] = ""
      }
    }
    {
      for (i = 1; i <= n; i++) {
        if (length(secret[i]) < 4) continue
        kept = ""
        while (at = index($0, secret[i])) {
          kept = kept substr($0, 1, at - 1) "[secret]"
          $0 = substr($0, at + length(secret[i]))
        }
        $0 = kept $0
      }
      print
    }' ${quote(secrets)}
}`;
}
