# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with facts.sh
# Where the host differs from its release: units, files, hook, container images. Each difference is a
# line PART REASON WHAT in $memory/drift, and one that the installer repairs when it runs again.

find_drift() {
  : >"$memory/found"
  installing=0
  # What an installer is changing is no drift.
  ! installer_runs || installing=1
  states=$(unit_states)
  [ -n "$states" ] || lacks units "systemctl does not answer"
  if [ "$installing" = 0 ]; then
    # Nor is a unit that somebody restarts at this very moment.
    case $states in *" down "*) sleep 2 && states=$(unit_states) ;; esac
    check_units
    check_release
    check_hook
    check_containers
  fi
  exec 9<&-
  sort -u "$memory/found" >"$memory/drift"
  tell_news
}

# The installer's lock, shared, and held until the checks are done: it waits that long. See take_lock.
installer_runs() {
  exec 9<"$unit_dir"
  if have flock; then
    ! flock -n -s 9
  else
    holder=$(cat /run/flower-monitoring.lock/pid 2>/dev/null) && kill -0 "$holder" 2>/dev/null
  fi
}

differs() {
  echo "$1 $2 $3" >>"$memory/found"
}

# Lines UNIT up|down|- ENABLED RELOAD. A unit that is only started by another one is never up.
unit_states() {
  # shellcheck disable=SC2046 # unit names have no spaces
  systemctl show -p Id -p ActiveState -p UnitFileState -p NeedDaemonReload $(ls "$here/units") | awk -F= '
    function tell() {
      if (value["Id"] == "") return
      up = value["ActiveState"] == "active" ? "up" : "down"
      if (value["UnitFileState"] == "static") up = "-"
      if (value["UnitFileState"] == "") value["UnitFileState"] = "missing"
      print value["Id"], up, value["UnitFileState"], value["NeedDaemonReload"]
      value["Id"] = ""
    }
    $0 == "" { tell() }
    { value[$1] = $2 }
    END { tell() }'
}

# part_of UNIT: sets `part`.
part_of() {
  part=${1#flower-monitoring-}
  part=${part%.*}
}

check_units() {
  echo "$states" | while read -r unit up enabled reload; do
    part_of "$unit"
    # What the installer has told to ail is no drift: its unit tries again by itself.
    [ "$up" != down ] || grep -q "^$part " "$state/ailing" 2>/dev/null || differs "$part" stopped "$unit"
    case $enabled in
      enabled | static | '') ;;
      *) differs "$part" disabled "$unit" ;;
    esac
    [ "$reload" != yes ] || differs "$part" reload-needed "$unit"
  done
  edited_units | while read -r unit; do
    part_of "$unit"
    differs "$part" unit-edited "$unit_dir/$unit"
  done
}

# Unit files that are not as the release brings them, or not there.
edited_units() {
  sha256sum "$here"/units/* "$unit_dir"/flower-monitoring-* 2>/dev/null | awk -v ours="$here/units/" '
    { name = $2; sub(/.*\//, "", name) }
    index($2, ours) == 1 { wanted[name] = $1; next }
    { found[name] = $1 }
    END { for (name in wanted) if (wanted[name] != found[name]) print name }'
}

check_release() {
  [ "$(cat "$state/good" 2>/dev/null)" = "${here##*/}" ] || differs installer release "$root/current"
  # host.env is the host's own: it must say what the parts were started with.
  awk -v listen="$(listen_of "$here" 2>/dev/null)" '$3 != listen { print $1 }' "$state/running" 2>/dev/null |
    while read -r part; do differs "$part" address "$here/host.env"; done
  # owners.list: lines PART PREFIX, the first that fits a path.
  damaged "$here" release | awk -v list="$here/owners.list" '
    BEGIN { while ((getline line < list) > 0) { split(line, at, " "); part[++n] = at[1]; prefix[n] = at[2] } }
    {
      sub(/^\.\//, "")
      for (i = 1; i <= n; i++) if (index($0, prefix[i]) == 1) break
      print (i <= n ? part[i] : "installer"), $0
    }' | while read -r part path; do differs "$part" payload "$here/$path"; done
}

check_hook() {
  [ -n "$FM_HOOK" ] || return 0
  [ "$(readlink "$hooks/current")" = "$FM_HOOK" ] || differs hook payload "$hooks/current"
  damaged "$hooks/$FM_HOOK" hook | while read -r path; do
    differs hook payload "$hooks/$FM_HOOK/${path#./}"
  done
  [ -f "$here/hook/$pth_name" ] || return 0
  # Where it was put; to ask Flower's Python for the place would take longer than all the rest.
  pth=$(sed -n 's/^pth //p' "$state/journal" | tail -n 1)
  same "$pth" <"$here/hook/$pth_name" || differs hook pth "${pth:-$pth_name}"
}

check_containers() {
  [ -f "$here/containers.list" ] || return 0
  while read -r part image; do
    image_in_place "$here" "$part" || differs "$part" image "$image"
    if [ -n "$engine_hangs" ]; then
      lacks images "the container engine does not answer"
      break
    fi
  done <"$here/containers.list"
}

# damaged DIRECTORY NAME: files that its list of sums does not agree with. They are hashed again only
# when an inode, a size or a time has changed: nobody can write a file and keep its ctime.
damaged() {
  {
    seen=$(cd "$1" && { cut -c67- sums && echo sums; } | xargs stat -L -c '%n %i %s %y %z' | sha256sum)
    if [ "$1 $seen" != "$(cat "$memory/$2.seen")" ]; then
      (cd "$1" && sha256sum -c sums) | sed -n 's/: FAILED.*//p' >"$memory/$2.damaged"
      [ -f "$1/sums" ] || echo sums >>"$memory/$2.damaged"
      echo "$1 $seen" >"$memory/$2.seen"
    fi
    cat "$memory/$2.damaged"
  } 2>/dev/null
}

# A line in the journal when something begins to differ, or is right again.
tell_news() {
  [ "$installing" = 0 ] || return 0
  news=$(cat "$memory/drift")
  [ "$news" != "$(cat "$memory/told" 2>/dev/null)" ] || return 0
  echo "${news:-nothing differs any more}"
  cp "$memory/drift" "$memory/told"
}

drift_metrics() {
  family flower_monitoring_installer_running "Whether an installer is at work; nothing counts as drift meanwhile."
  echo "flower_monitoring_installer_running $installing"
  family flower_monitoring_part_info "Parts that this host has by its release."
  awk '{ printf "flower_monitoring_part_info{part=\"%s\",hash=\"%s\"} 1\n", $1, substr($2, 1, 12) }' "$here/parts.list"
  family flower_monitoring_part_up "Whether the unit of the part is active."
  echo "$states" | while read -r unit up _; do
    part_of "$unit"
    case $up in
      up) printf 'flower_monitoring_part_up{part="%s",unit="%s"} 1\n' "$part" "$unit" ;;
      down) printf 'flower_monitoring_part_up{part="%s",unit="%s"} 0\n' "$part" "$unit" ;;
    esac
  done
  family flower_monitoring_host_drift "A part that differs from the release, and in what; absent where nothing does."
  cut -d' ' -f1,2 "$memory/drift" | uniq |
    while read -r part reason; do
      printf 'flower_monitoring_host_drift{part="%s",reason="%s"} 1\n' "$part" "$reason"
    done
}
