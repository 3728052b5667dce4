# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# What an install would meet on this host, all of it and not the first fault alone, and what the host is.
# For `npm run doctor`: a line each of
#   fact NAME VALUE
#   fault CHECK CAUSE MESSAGE    an install would fail, or what it installs would not work
#   warn CHECK CAUSE MESSAGE     a part that the host can do without would not work
# It needs no lock and leaves nothing: its probe of /opt is there for a moment.

check_everything() {
  step=check
  tell_facts
  for check in $preflight_checks check_downloads; do
    examine fault "${check#check_}" "$check" || :
  done
  for part in $(parts_of "$here"); do
    kind=fault
    ! optional "$here" "$part" || kind=warn
    ! examine "$kind" "$part" preflight_part "$part" || examine "$kind" "$part" share check "$part" || :
  done
  examine fault hook preflight_hook || :
  news=$(firewall_note)
  [ -z "$news" ] || echo "warn firewall closed ${news#; }"
}

# examine KIND CHECK COMMAND...: a line where the command dies of something, and then false.
examine() {
  line="$1 $2"
  shift 2
  said=$(cause_of "$@")
  [ -n "$said" ] || return 0
  echo "$line $said"
  return 1
}

# fact NAME VALUE: nothing where there is none.
fact() {
  [ -z "$2" ] || echo "fact $1 $2"
}

tell_facts() {
  # First: it is compared with the clock of who asks.
  fact clock "$(date -u +%s)"
  fact system "$(system_name)"
  fact machine "$(uname -m)"
  fact free-kib "$(free_kib /opt)"
  fact docker "$(engine_version docker)"
  fact podman "$(engine_version podman)"
  gpu_facts
  [ -z "$FM_PYTHON" ] || fact flower "$(flower_version)"
  fact bundle "$(readlink "$root/current" | sed 's,^releases/,,')"
}

system_name() (
  # shellcheck source=/dev/null
  . /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-$NAME}"
)

engine_version() {
  have "$1" || return 0
  if [ "$1" = docker ]; then format='{{.Server.Version}}'; else format='{{.Client.Version}}'; fi
  timeout 30 "$1" version --format "$format" 2>/dev/null || echo "installed, does not answer"
}

gpu_facts() {
  have nvidia-smi || return 0
  timeout 30 nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null </dev/null |
    while IFS= read -r gpu; do fact gpu "$gpu"; done
}

# What a host has to download, it must be able to; a release that is here already has it.
check_downloads() {
  case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64 ;;
  esac
  while read -r for_arch sum url member into; do
    [ "$url" != - ] || continue
    [ "$for_arch" = "${arch-}" ] || continue
    ! grep -qsxF "$for_arch $sum $url $member $into" "$root/current/fetch" || continue
    offered "$url" ||
      die "cannot reach $url; let this host reach it, or carry the file in the bundle with flower-monitoring:artifacts"
  done <"$here/fetch"
}

offered() {
  case $(fetcher) in
    curl) curl -fsSIL --max-time 20 -o /dev/null "$1" ;;
    wget) wget -q -T 20 -t 1 --spider "$1" ;;
    *) "$(fetcher)" -c 'import sys, urllib.request as r; r.urlopen(r.Request(sys.argv[1], method="HEAD"), timeout=20)' "$1" ;;
  esac 2>/dev/null
}
