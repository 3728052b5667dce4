# shellcheck shell=sh disable=SC2154,SC2034 # variables are shared with install.sh and the other steps
# What a hardened host adds: SELinux's labels, and words for what SELinux, AppArmor, a firewall or a wrong
# clock does. No policy, no firewall and no clock is changed from here.

# set_labels PATH...: a new file has the label of the directory it is made in, and systemd may not start
# a program that is labelled so. The host's own policy has the right one for each path (bin_t for
# /opt/*/bin): no rule of ours, so no semanage. The hook is not among the paths, since sites that mount it
# into containers label it for them.
set_labels() {
  if ! have selinuxenabled || ! selinuxenabled; then return 0; fi
  if ! have restorecon; then
    tell "$step: SELinux is on, but there is no restorecon to label $*; install policycoreutils"
    return 0
  fi
  words=$(restorecon -R "$@" 2>&1 </dev/null) || tell "$step: restorecon failed: $(echo "$words" | tail -n 1)"
}

# denial_of UNIT: the last that SELinux or AppArmor logged about its process in ten minutes; nothing
# where they refused it nothing. Without auditd the journal has it, with auditd perhaps its log alone.
denial_of() {
  pid=$(systemctl show -p ExecMainPID --value "$1")
  {
    journalctl -q --no-pager -o cat --since -10min _TRANSPORT=audit + _TRANSPORT=kernel || :
    ! have ausearch || ausearch --input-logs -m AVC -ts recent
  } 2>/dev/null | grep -E 'avc: +denied|apparmor="DENIED"' | grep -F "pid=$pid " | tail -n 1 | cut -c1-300
}

# clock_note: a clock that is before the release's own day (FM_PINNED, seconds) is wrong for sure. One
# that is ahead cannot be told from here; certificates then fail, and that is said there.
clock_note() {
  [ "$(date -u +%s)" -lt "${FM_PINNED:-0}" ] || return 0
  printf '; the clock says %s, before this release was made: set it, or certificates fail' "$(utc_now)"
}

utc_now() {
  date -u '+%Y-%m-%d %H:%M UTC'
}

# firewall_note: whether the monitoring VM may come in is the site's to decide: said, never changed.
firewall_note() {
  firewall=
  if have firewall-cmd && firewall-cmd -q --state 2>/dev/null; then
    firewall=firewalld
  elif have ufw && ufw status 2>/dev/null | grep -q '^Status: active'; then
    firewall=ufw
  fi
  closed=
  for part in $(parts_of "$here"); do
    port=$(part_field "$here" "$part" 3)
    [ "$port" != - ] || continue
    "${firewall:-none}_opens" "$port" || closed="$closed,$port/tcp"
  done
  [ -z "$closed" ] ||
    printf '; %s is on and does not open %s: see that the monitoring VM can reach it' "$firewall" "${closed#,}"
}

none_opens() {
  :
}

# In the default zone: what other zones or rich rules let in is not looked at, hence "see that".
firewalld_opens() {
  firewall-cmd -q --query-port="$1/tcp" 2>/dev/null
}

ufw_opens() {
  ufw status | grep -Eq "^$1(/tcp)? .*ALLOW"
}
