# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# Step 3: account, directories, units and the switch to the new release. What is right already is
# not touched, and only a part whose unit, configuration or payload differs is restarted.

configure() {
  step=configure
  mkdir -p "$state"
  note dir "$state"
  note dir "$root"
  make_account
  mkdir -p "$state/textfile"
  write_host_env
  point_current_at "$FM_ID"
  place_hook "$here"
  note_containers "$here"
  bring_up "$root/releases/$FM_ID"
}

make_account() {
  id -u "$account" >/dev/null 2>&1 && return
  note user "$account"
  useradd --system --user-group --no-create-home --home-dir /nonexistent \
    --shell /usr/sbin/nologin "$account" || die "useradd could not make the user $account"
}

# The values a verified release runs with are kept beside the new ones until those are verified.
write_host_env() {
  host_env | same "$here/host.env" && return
  if [ -f "$here/host.env" ] && [ "$FM_ID" = "$(good_release)" ] && [ ! -f "$here/host.env.good" ]; then
    cp "$here/host.env" "$here/host.env.new" && mv "$here/host.env.new" "$here/host.env.good"
  fi
  host_env | put "$here/host.env" 644
}

good_release() {
  cat "$state/good" 2>/dev/null || true
}

# part_ok RELEASE PART: the part is in place, and answers.
part_ok() {
  part_placed "$1" "$2" && systemctl -q is-active "$(unit_of "$2")" && answers "$1" "$2"
}

# part_placed RELEASE PART: its unit was last started from this very payload, unit and address.
part_placed() {
  unit=$(unit_of "$2")
  [ -z "${forced-}" ] &&
    grep -qxF "$(running_line "$1" "$2")" "$state/running" 2>/dev/null &&
    units_in_place "$1" "$2" &&
    systemctl -q is-enabled "$unit" 2>/dev/null &&
    image_in_place "$1" "$2"
}

# units_in_place RELEASE PART: systemd has read the very unit files that the release brings.
units_in_place() {
  for file in $(units_of "$1" "$2"); do
    same "$unit_dir/$file" <"$1/units/$file" &&
      [ "$(systemctl show -p NeedDaemonReload --value "$file")" = no ] || return 1
  done
}

running_line() {
  echo "$2 $(part_field "$1" "$2" 2) $(listen_of "$1")"
}

# bring_up RELEASE: sets `restarted` to the parts that had to be started anew.
bring_up() {
  restarted=
  for part in $(parts_of "$1"); do
    part_ok "$1" "$part" || left_alone "$1" "$part" || restarted="$restarted $part"
  done
  for part in $restarted; do
    forget_running "$part"
    rm -f "$(textfile_of "$part")"
    for file in $(units_of "$1" "$part"); do
      note unit "$file"
      same "$unit_dir/$file" <"$1/units/$file" || put "$unit_dir/$file" 644 <"$1/units/$file"
    done
  done
  [ -n "$restarted" ] || return 0
  set_labels "$1" "$state" "$unit_dir"/flower-monitoring-*
  units=
  for part in $restarted; do
    unit=$(unit_of "$part")
    units="$units $unit"
    # shellcheck disable=SC2013 # words are meant
    for wanting in $(awk -F= '$1 == "WantedBy" { print $2 }' "$1/units/$unit"); do
      [ -d "$unit_dir/$wanting.wants" ] || note empty-dir "$unit_dir/$wanting.wants"
    done
    # Anew: the unit before may have been wanted by another one. Each reload by itself costs systemd a second.
    systemctl -q --no-reload reenable "$unit" 2>/dev/null || tell "configure: systemctl enable $unit failed"
  done
  systemctl daemon-reload
  # shellcheck disable=SC2086 # words are meant
  systemctl reset-failed $units 2>/dev/null || true
  # A unit that cannot start is reported by verify, with its log.
  # shellcheck disable=SC2086
  systemctl restart $units 2>/dev/null || true
}

forget_running() {
  [ -f "$state/running" ] || return 0
  sed "/^$1 /d" "$state/running" | put "$state/running" 644
}

# Everything answered: this release is the one to return to, and nothing older is kept.
tidy() {
  step=finish
  for part in $(parts_of "$here"); do running_line "$here" "$part"; done >"$state/running.new"
  mv -f "$state/running.new" "$state/running"
  bundle_metric | same "$state/textfile/bundle.prom" || bundle_metric | put "$state/textfile/bundle.prom" 644
  echo "$FM_ID" | put "$state/good" 644
  rm -f "$here/host.env.good"
  drop_strange_units "$here"
  drop_strange_containers "$here"
  for release in "$root"/releases/*; do
    [ "$release" = "$here" ] || rm -rf "$release"
  done
  keep_remover
  for part in $restarted; do changed=$((changed + 1)); done
  tell_ailing
  settle_hook
  news="$(warnings)$news"
}

# For the alert that compares what a host runs with what it should run.
bundle_metric() {
  printf '# HELP flower_monitoring_bundle_info Bundle that this host runs.\n'
  printf '# TYPE flower_monitoring_bundle_info gauge\n'
  printf 'flower_monitoring_bundle_info{hash="%s",version="%s"} 1\n' "$FM_ID" "$FM_VERSION"
}

# Units of an earlier release that this one does not have.
drop_strange_units() {
  sed -n 's/^unit //p' "$state/journal" | while read -r unit; do
    [ -f "$1/units/$unit" ] || drop_unit "$unit"
  done
}

# The installer itself, beside the journal: with both, removal works when the releases are gone.
keep_remover() {
  rm -rf "$state/remover.new"
  mkdir "$state/remover.new"
  for piece in install.sh container.sh steps parts facts bundle.env parts.list host.env; do
    cp -R "$here/$piece" "$state/remover.new/$piece"
  done
  rm -rf "$state/remover"
  mv "$state/remover.new" "$state/remover"
}

# After a failed verify: back to the release that last answered, or to nothing if there was none.
roll_back() {
  step=rollback
  last=$(good_release)
  if [ -z "$last" ] || [ ! -d "$root/releases/$last" ]; then
    remove_everything
    tell "rollback: nothing was installed before, so everything was taken away again"
    return
  fi
  forced=
  old=$root/releases/$last
  [ ! -f "$old/host.env.good" ] || mv -f "$old/host.env.good" "$old/host.env"
  point_current_at "$last"
  drop_strange_units "$old"
  (place_hook "$old") || tell "rollback: the hook of the earlier release $last could not be put back"
  set_pth "$old"
  drop_strange_hooks "$old"
  bring_up "$old"
  drop_strange_containers "$old"
  for part in $restarted; do
    if optional "$old" "$part" || wait_for "$old" "$part" 30; then
      running_line "$old" "$part" >>"$state/running"
    else
      tell "rollback: $part does not answer from the earlier release $last either"
    fi
  done
  [ "$last" = "$FM_ID" ] || rm -rf "$root/releases/$FM_ID"
  tell "rollback: release $last is in place again"
}
