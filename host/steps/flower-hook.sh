# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# The hook: our package inside the Python processes of Flower itself. It lies in a directory named by
# its content, which containers mount, and a .pth file in Flower's environment points there. It has
# no unit: it works in every Python that Flower starts from then on.
#
# Flower's environment may belong to a user who is not root. What runs or is written there runs as
# its owner, so that nobody gains root through a link or a program that they put there.

hooks=$root/hook
pth_name=flower-monitoring.pth

# hook_of RELEASE: the id of the hook that it brings; nothing when it brings none.
hook_of() (
  unset FM_HOOK
  # shellcheck source=/dev/null
  . "$1/bundle.env"
  printf '%s' "${FM_HOOK-}"
)

# set_pth RELEASE: sets `pth` to the .pth file that it wants, empty when it wants none or when its
# Python has no flwr.
set_pth() {
  pth=
  [ -f "$1/hook/$pth_name" ] || return 0
  site=$(
    unset FM_PYTHON
    # shellcheck source=/dev/null
    . "$1/bundle.env"
    as_owner_of "$(dirname "$FM_PYTHON")" "$FM_PYTHON" -c 'import importlib.util as u, sysconfig
print(sysconfig.get_path("purelib") if u.find_spec("flwr") else "")' 2>/dev/null
  ) || site=
  [ -z "$site" ] || pth=$site/$pth_name
}

preflight_hook() {
  key=flower-monitoring:superlink.flower
  [ "$FM_ROLE" = superlink ] || key="flower of this host in flower-monitoring:supernodes"
  for unit in $FM_RESTART; do
    [ "$(systemctl show -p LoadState --value "$unit")" = loaded ] ||
      die "there is no unit $unit on this host; correct restart in $key"
  done
  [ -f "$here/hook/$pth_name" ] || return 0
  [ -x "$FM_PYTHON" ] || die "python $FM_PYTHON is not there or not executable; set python in $key to the Python that runs Flower here"
  set_pth "$here"
  [ -n "$pth" ] || die "python $FM_PYTHON has no flwr; set python in $key to the Python that runs Flower here"
  site=$(dirname "$pth")
  as_owner_of "$site" test -w "$site" ||
    die "$site cannot be written to (mounted read-only?), and the hook needs one file there; make it writable, or set hook: false in $key"
}

# place_hook RELEASE: its directory, whole and current, and its .pth file; sets `pth`.
place_hook() {
  id=$(hook_of "$1")
  if [ -n "$id" ]; then
    hook_whole "$id" || build_hook "$1" "$id"
    point_hook_at "$id"
  fi
  set_pth "$1"
  [ -n "$pth" ] || return 0
  note pth "$pth"
  same "$pth" <"$1/hook/$pth_name" && return
  # -C: a link that somebody put there is not written through.
  # shellcheck disable=SC2016 # expanded by the inner shell
  as_owner_of "$(dirname "$pth")" sh -c 'rm -f "$1.new" && set -C && cat >"$1.new" && mv -f "$1.new" "$1"' \
    sh "$pth" <"$1/hook/$pth_name" || die "cannot write $pth"
}

hook_whole() {
  (cd "$hooks/$1" && sha256sum -c sums) >/dev/null 2>&1
}

# build_hook RELEASE ID
build_hook() {
  new=$hooks/.new.$$
  rm -rf "$new"
  mkdir -p "$new"
  cp -R "$1/lib/flower_monitoring" "$1/hook/flower_monitoring.conf" "$1/hook/sitecustomize.py" "$new" ||
    die "cannot write $new; is the disk full?"
  rm -rf "$new/flower_monitoring/exporter"
  [ ! -f "$1/hook/$pth_name" ] || compile_hook "$new"
  (cd "$new" && find . -type f ! -name sums -exec sha256sum {} +) >"$new/sums" ||
    die "cannot write $new/sums; is the disk full?"
  if [ -e "$hooks/$2" ]; then mv "$hooks/$2" "$hooks/.damaged.$$"; fi
  mv "$new" "$hooks/$2"
  rm -rf "$hooks/.damaged.$$"
}

# Flower starts a Python for each message and may not write here: without bytecode it would compile
# the hook each time. A Python that cannot do it beforehand does it then.
compile_hook() {
  owner=$(stat -L -c '%u:%g' "$(dirname "$FM_PYTHON")")
  # A directory before its parent, or find would come upon the new ones.
  find "$1" -depth -type d | while read -r directory; do
    mkdir "$directory/__pycache__"
    chown "$owner" "$directory/__pycache__"
  done
  as_owner_of "$(dirname "$FM_PYTHON")" "$FM_PYTHON" -m compileall -q "$1" >/dev/null 2>&1 || :
}

# The directory before this one stays: processes that run from it may still load parts of it.
point_hook_at() {
  before=$(readlink "$hooks/current" || true)
  [ "$before" != "$1" ] || return 0
  if [ -n "$before" ]; then
    ln -sfn "$before" "$hooks/previous.new" && mv -fT "$hooks/previous.new" "$hooks/previous"
  fi
  ln -sfn "$1" "$hooks/current.new" && mv -fT "$hooks/current.new" "$hooks/current"
}

# In every new Python of Flower's the hook is there; asked of one as Flower would start it.
verify_hook() {
  [ -n "$pth" ] || return 0
  as_owner_of "$(dirname "$FM_PYTHON")" env FL_MONITORING_HOOK=on "$FM_PYTHON" -c 'import sys
sys.exit(not any(type(f).__module__.startswith("flower_monitoring") for f in sys.meta_path))' 2>/dev/null ||
    die "python $FM_PYTHON does not start the hook, although $pth is there; does it read .pth files of that directory?"
}

# hook_line RELEASE: what Flower's processes get; kept in $state/hook once they were told.
hook_line() {
  echo "$(hook_of "$1") $pth"
}

hook_settled() {
  if [ -n "$(hook_of "$1")" ]; then
    hook_line "$1" | same "$state/hook"
  else
    [ ! -e "$state/hook" ]
  fi
}

# hook_intact RELEASE: sets `pth`; true when placing it again would change nothing.
hook_intact() {
  id=$(hook_of "$1")
  set_pth "$1"
  if [ -n "$id" ]; then
    [ "$(readlink "$hooks/current")" = "$id" ] && hook_whole "$id" || return 1
    [ ! -f "$1/hook/$pth_name" ] || same "$pth" <"$1/hook/$pth_name" || return 1
  else
    [ ! -e "$hooks" ] || return 1
  fi
  hook_settled "$1"
}

# drop_strange_hooks RELEASE: what an earlier release had and this one has not. Needs `pth`.
drop_strange_hooks() {
  drop_pths "$pth"
  if [ -z "$(hook_of "$1")" ]; then
    rm -rf "$hooks"
    return
  fi
  for left in "$hooks"/* "$hooks"/.new.* "$hooks"/.damaged.*; do
    case ${left##*/} in
      current | previous | "$(readlink "$hooks/current")" | "$(readlink "$hooks/previous")") ;;
      *) rm -rf "$left" ;;
    esac
  done
}

# drop_pths EXCEPT: takes away every .pth file in the journal but that one.
drop_pths() {
  [ -f "$state/journal" ] || return 0
  sed -n 's/^pth //p' "$state/journal" | while IFS= read -r file; do
    [ "$file" != "$1" ] || continue
    site=$(dirname "$file")
    # Where the environment itself is gone, so is the file.
    if [ -d "$site" ]; then
      as_owner_of "$site" rm -f "$file" "$file.new" ||
        die "cannot remove $file; make its directory writable, then run again"
    fi
    forget pth "$file"
  done
}

# Last of an install: Flower's own services are restarted only where the stack asks for it. Killed
# before the end, the next run does it again.
settle_hook() {
  step=restart
  drop_strange_hooks "$here"
  if hook_settled "$here"; then return; fi
  changed=$((changed + 1))
  what=changed
  later=follow
  [ -n "$(hook_of "$here")" ] || what=removed later="drop it"
  failed=
  for unit in $FM_RESTART; do
    systemctl try-restart "$unit" || failed="$failed $unit"
  done
  news=" hook=$what restarted=$(echo "$FM_RESTART" | tr ' ' ,)"
  [ -n "$FM_RESTART" ] || news=" hook=$what; running Flower services $later at their next start"
  if [ "$what" = removed ]; then
    rm -f "$state/hook"
  else
    hook_line "$here" | put "$state/hook" 644
  fi
  [ -z "$failed" ] || die "the hook is $what, but systemctl try-restart failed for$failed; read journalctl -u on the host"
}
