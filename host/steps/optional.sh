# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# Parts that a host can do without ("optional" in parts.list). What is wrong with one is a warning and
# the rest goes on. It is put in place all the same, and its unit tries again until it works.
#
# `ailing` has a line PART CAUSE MESSAGE for each that does not work; $state/ailing has PART CAUSE as
# they were last told, so that a run which changes nothing says nothing new.

optional() {
  [ "$(part_field "$1" "$2" 5)" = optional ]
}

# cause_of COMMAND...: CAUSE MESSAGE of what it dies of; nothing where it does not.
cause_of() (
  # shellcheck disable=SC2317 # called by what is run
  die() {
    printf '%s %s\n' "${2:-failed}" "$1"
    exit 0
  }
  "$@" || :
)

ail() {
  preflight_part "$1"
  share diagnose "$1"
  explain "$1"
}

# well RELEASE PART. What answers in its place, from somebody else's container, is not it.
well() {
  systemctl -q is-active "$(unit_of "$2")" && answers "$1" "$2" &&
    { ! in_container "$2" || container_runs "$2"; }
}

# left_alone RELEASE PART: it was told to ail, and systemd tries again or knows that it cannot run.
left_alone() {
  optional "$1" "$2" && part_placed "$1" "$2" || return 1
  grep -q "^$2 " "$state/ailing" 2>/dev/null || return 1
  [ "$(unit_is "$2" ActiveState)" != inactive ] || [ "$(unit_is "$2" ConditionResult)" = no ]
}

# Sets `ailing`. Waits only for a part that was just started and has what it needs.
verify_optional() {
  ailing=
  for part in $(parts_of "$here"); do
    optional "$here" "$part" || continue
    case " ${restarted-} " in
      *" $part "*)
        [ -n "$(cause_of preflight_part "$part")" ] || wait_for "$here" "$part" "$patience" || :
        ;;
    esac
    well "$here" "$part" || ailing="$ailing$part $(cause_of ail "$part")
"
  done
}

# still_ailing PART: as it was last told; adds it to `ailing`.
still_ailing() {
  left_alone "$here" "$1" || return 1
  cause=$(cause_of ail "$1")
  grep -qxF "$1 ${cause%% *}" "$state/ailing" || return 1
  ailing="$ailing$1 $cause
"
}

# none_recovered: no part that was told to ail is among those that work.
none_recovered() {
  [ "$(causes)" = "$(cat "$state/ailing" 2>/dev/null)" ]
}

causes() {
  printf '%s' "$ailing" | cut -d' ' -f1,2
}

tell_all_ailing() {
  printf '%s' "$ailing" | while read -r part cause message; do
    tell "warning: $part: $message"
  done
}

# Those that ail for a cause which was not told before, in one line each.
tell_ailing() {
  printf '%s' "$ailing" | while read -r part cause message; do
    grep -qsxF "$part $cause" "$state/ailing" || tell "warning: $part: $message"
  done
  if [ -n "$ailing" ]; then
    causes | same "$state/ailing" || causes | put "$state/ailing" 644
  else
    rm -f "$state/ailing"
  fi
}

# For the last line: ` warn=PART:CAUSE,...`, or nothing.
warnings() {
  [ -z "$ailing" ] || echo " warn=$(causes | tr ' ' ':' | paste -sd, -)"
}
