/** What goes wrong on hosts: processes, units, certificates, GPUs. */
import { hostOf, scriptOnHost } from "../hosts";
import type { Lab } from "../layout";
import type { Fault } from "./fault";

const on =
  (host: string, script: string) =>
  (lab: Lab): Promise<string> =>
    scriptOnHost(hostOf(lab, host), script);

/** systemd would start it again at once. */
const keepDown = (unit: string): string =>
  `mkdir -p /run/systemd/system/${unit}.d
printf '[Service]\\nRestart=no\\n' > /run/systemd/system/${unit}.d/drill.conf
systemctl daemon-reload
systemctl kill --signal=KILL ${unit}
`;

const bringBack = (unit: string): string =>
  `rm -r /run/systemd/system/${unit}.d
systemctl daemon-reload
systemctl start ${unit}
`;

const EXPORTER = "flower-monitoring-node-exporter.service";
const UNIT = `/etc/systemd/system/${EXPORTER}`;
const CERTIFICATE = "/etc/flower/ca.crt";

/** A certificate that was valid in January 2020; openssl of Debian 12 makes none that is over. */
const EXPIRED = `
from datetime import datetime
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "drill")])
made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
made = made.serial_number(1).not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2020, 2, 1))
print(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode())
`;

/** A disk of its own: where it is mounted, and what makes it. Linux takes it away with the container. */
const SMALL = "/srv/drill";
const SMALL_DISK = `! mountpoint -q ${SMALL} || umount ${SMALL}
truncate -s 100M /var/drill.img
mkfs.ext4 -q -m 0 /var/drill.img
[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
loop=$(losetup --find)
[ -e "$loop" ] || mknod "$loop" b 7 "\${loop#/dev/loop}"
mkdir -p ${SMALL}
mount -o "loop=$loop" /var/drill.img ${SMALL}
# A machine's root is a shared mount, and services see what is mounted later; a container's is not.
systemctl restart flower-monitoring-node-exporter.service
`;

const gpu = (fault: string): string =>
  `docker exec flower-monitoring-dcgm-exporter dcgm-fault ${fault}\n`;

/** The DCGM exporter is a stand-in: what is drilled is the way of its numbers, not a GPU. */
const gpuFault = (name: string, alert: string, fault: string, tells: number): Fault => ({
  name,
  lane: "hosts",
  alert,
  labels: { host: "supernode-1" },
  tells,
  ends: 300,
  inject: on("supernode-1", gpu(fault)),
  heal: on("supernode-1", gpu("clear")),
});

export const hostFaults: Fault[] = [
  {
    name: "supernode-killed",
    lane: "alone",
    alert: "SuperNodeOffline",
    labels: { name: "supernode-2" },
    // Flower calls a killed SuperNode offline after 37 to 60 s; then the alert's own 30 s, and delivery.
    tells: 150,
    // A crashed SuperNode is refused until its old heartbeat has run out, and tries every 20 s.
    ends: 180,
    inject: on("supernode-2", keepDown("flower-supernode.service")),
    heal: on("supernode-2", bringBack("flower-supernode.service")),
    also: ["SuperNodeInterrupted"],
  },
  {
    name: "exporter-killed",
    lane: "hosts",
    alert: "TargetDown",
    labels: { job: "cadvisor", host: "supernode-3" },
    tells: 210,
    ends: 90,
    inject: on("supernode-3", keepDown("flower-monitoring-cadvisor.service")),
    heal: on("supernode-3", bringBack("flower-monitoring-cadvisor.service")),
    also: ["HostDrift"],
  },
  {
    name: "unit-edited",
    lane: "hosts",
    alert: "HostDrift",
    labels: { host: "supernode-1", part: "node-exporter" },
    tells: 120,
    ends: 120,
    inject: on("supernode-1", `cp ${UNIT} /run/drill.unit\necho '# by hand' >> ${UNIT}\n`),
    heal: on("supernode-1", `cp /run/drill.unit ${UNIT}\nsystemctl daemon-reload\n`),
  },
  {
    name: "certificate-expired",
    lane: "hosts",
    alert: "CertificateExpired",
    labels: { host: "supernode-1" },
    tells: 240,
    ends: 240,
    inject: on(
      "supernode-1",
      `cp ${CERTIFICATE} /run/drill.crt\n/opt/flower/bin/python - > ${CERTIFICATE} <<'END'\n${EXPIRED}END\n`,
    ),
    heal: on("supernode-1", `cp /run/drill.crt ${CERTIFICATE}\n`),
  },
  {
    name: "disk-full",
    lane: "hosts",
    alert: "HostDiskFull",
    labels: { host: "supernode-2", mountpoint: SMALL },
    // Five minutes of the alert's own, since a temporary file may come and go.
    tells: 420,
    ends: 120,
    inject: on(
      "supernode-2",
      `${SMALL_DISK}dd if=/dev/zero of=${SMALL}/checkpoints bs=1M 2>/dev/null || :\n`,
    ),
    heal: on("supernode-2", `rm ${SMALL}/checkpoints\n`),
  },
  {
    name: "prometheus-killed",
    lane: "alone",
    alert: "Watchdog",
    silence: 120,
    // Alertmanager takes an alert for over four minutes after Prometheus last told it; then the silence.
    tells: 450,
    ends: 180,
    inject: on("monitor", "docker kill flower-monitoring-prometheus\n"),
    heal: on("monitor", "docker start flower-monitoring-prometheus\n"),
  },
  gpuFault("gpu-hot", "GPUTemperatureCritical", "heat 0 97", 300),
  gpuFault("gpu-xid", "GPUXIDError", "xid 0 79", 180),
  gpuFault("gpu-lost", "GPULost", "lost 1", 400),
];
