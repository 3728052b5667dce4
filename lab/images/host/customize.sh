#!/bin/sh
# mmdebstrap's last step for an image of a host: Flower, sshd, Docker by socket where it has one, and
# the units that make no sense in a container taken out. Called with the root directory; installs
# Flower where FLOWER_WHEELS, a directory, and FLOWER_VERSION are set.
set -eu

root=$1

# Flower as a federation's operator installs it: a venv, here from wheels only.
if [ -n "${FLOWER_WHEELS-}" ]; then
  mkdir -p "$root/tmp/wheels"
  cp "$FLOWER_WHEELS"/*.whl "$root/tmp/wheels/"
  chroot "$root" python3 -m venv /opt/flower
  chroot "$root" /opt/flower/bin/pip install --quiet --no-index --no-cache-dir \
    --find-links /tmp/wheels --root-user-action=ignore "flwr==$FLOWER_VERSION"
  rm -rf "$root/tmp/wheels"
fi

# Every lab gives each host its own host keys; a key in an image would be everyone's.
rm -f "$root"/etc/ssh/ssh_host_*
mkdir -p "$root/root/.ssh"
chmod 700 "$root/root/.ssh"
# MaxStartups: Pulumi opens all its sessions at once, and sshd's default turns the 11th away.
cat >"$root/etc/ssh/sshd_config.d/10-lab.conf" <<'CONF'
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100:30:200
UseDNS no
CONF

chroot "$root" systemctl enable ssh.service
if [ -x "$root/usr/bin/docker" ]; then
  # Docker starts with the first connection: most lab hosts never need it.
  chroot "$root" systemctl disable docker.service containerd.service
  chroot "$root" systemctl enable docker.socket
  mkdir -p "$root/etc/docker" "$root/var/lib/docker"
  # Names the log driver so that a container without its own setting cannot fill the disk.
  cat >"$root/etc/docker/daemon.json" <<'CONF'
{ "log-driver": "json-file", "log-opts": { "max-size": "10m", "max-file": "2" } }
CONF
fi

# A host's journal lives with its container.
mkdir -p "$root/etc/systemd/journald.conf.d"
cat >"$root/etc/systemd/journald.conf.d/10-lab.conf" <<'CONF'
[Journal]
Storage=volatile
RuntimeMaxUse=32M
Audit=no
CONF

# No consoles, devices, kernel file systems, package timers or file system checks here.
chroot "$root" systemctl mask \
  apt-daily.timer apt-daily-upgrade.timer console-getty.service dev-hugepages.mount \
  dev-mqueue.mount dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
  getty.target getty@.service getty-static.service serial-getty@.service \
  sys-fs-fuse-connections.mount sys-kernel-config.mount sys-kernel-debug.mount \
  sys-kernel-tracing.mount systemd-firstboot.service systemd-hwdb-update.service \
  systemd-modules-load.service systemd-remount-fs.service systemd-sysctl.service \
  systemd-udev-trigger.service systemd-udevd.service systemd-udevd-control.socket \
  systemd-udevd-kernel.socket systemd-vconsole-setup.service
chroot "$root" systemctl set-default multi-user.target

# Filled per container: an id in the image would make all hosts one.
: >"$root/etc/machine-id"
rm -f "$root/etc/hostname" "$root/etc/resolv.conf" "$root/var/lib/dbus/machine-id"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/*
rm -rf "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/info/* \
  "$root"/usr/share/locale/* "$root"/usr/share/lintian
find "$root/usr/share/i18n" -mindepth 1 -delete 2>/dev/null || true
