# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# Takes away what the journal lists, last thing first. This script goes last of all, so that a
# removal that was killed can be run again.

remove_everything() {
  step=remove
  # First, and by whoever owns the environment: what points here goes before what it points to.
  drop_pths ""
  if [ -f "$state/journal" ]; then
    sed -n 's/^unit //p' "$state/journal"
  else
    for part in $(parts_of "$here"); do units_of "$here" "$part"; done
  fi | while read -r unit; do drop_unit "$unit"; done
  drop_strange_containers /nonexistent
  sed -n 's/^empty-dir //p' "$state/journal" 2>/dev/null | while read -r directory; do
    rmdir "$directory" 2>/dev/null || true
  done
  if grep -qxF "user $account" "$state/journal" 2>/dev/null; then drop_account; fi
  rm -rf "$state"
  rm -rf "$root"
}

drop_unit() {
  systemctl -q --no-reload disable --now "$1" 2>/dev/null || systemctl stop "$1" 2>/dev/null || true
  rm -f "$unit_dir/$1" "$unit_dir/$1.new" "$unit_dir"/*.wants/"$1"
  # Left behind by systemd 249 until the next boot.
  rmdir "/run/systemd/propagate/$1" 2>/dev/null || true
  # Its StateDirectory and its metrics, where it has them.
  part=${1#flower-monitoring-}
  rm -rf "${state:?}/${part%.*}" "$(textfile_of "${part%.*}")"
  systemctl daemon-reload
  systemctl reset-failed "$1" 2>/dev/null || true
}

drop_account() {
  if id -u "$account" >/dev/null 2>&1; then
    userdel "$account" || die "userdel could not remove the user $account; end its processes, then run again"
  fi
  # userdel takes the group of the same name with it, unless login.defs says otherwise.
  if grep -q "^$account:" /etc/group; then groupdel "$account"; fi
}
