/** What Alertmanager holds back about hosts, containers and GPUs. */
import { expect, test } from "vitest";
import { heldBack, critical, targetDown, warning } from "../support/held-back";

const suppressed = heldBack();

const clock = { alertname: "Clock", severity: "warning", host: "superlink" };

test("a host that is down speaks for its exporters, its warnings and its SuperNode, and no other's", async () => {
  const parts = [
    targetDown("supernode-1"),
    targetDown("supernode-1", "dcgm"),
    warning("HostDrift"),
    critical("SuperNodeOffline"),
  ];
  const others = [critical("SuperNodeOffline", { host: "supernode-2" }), clock];
  expect(await suppressed("host", [critical("HostDown"), ...parts, ...others])).toEqual([
    "HostDrift supernode-1",
    "SuperNodeOffline supernode-1",
    "TargetDown supernode-1",
    "TargetDown supernode-1",
  ]);
});

test("a host that is down holds back no other critical alert of its host", async () => {
  const disk = critical("HostDiskFull", { mountpoint: "/" });
  expect(await suppressed("critical", [critical("HostDown"), disk])).toEqual([]);
});

test("an exporter that is down alone holds nothing back, whichever it is", async () => {
  const alone = [targetDown("superlink", "flower"), targetDown("superlink"), clock];
  expect(await suppressed("exporter", alone)).toEqual([]);
});

test("what is critical by itself for days leaves its host's warnings alone", async () => {
  const alone = [
    critical("CertificateExpiringSoon", { path: "/etc/flower/ca.crt" }),
    critical("HostDiskFull", { mountpoint: "/data" }),
    critical("HostReadOnlyFilesystem", { mountpoint: "/data" }),
  ];
  const others = [warning("HostDrift"), warning("HostDiskWillFill", { mountpoint: "/" })];
  expect(await suppressed("alone", [...alone, ...others])).toEqual([]);
});

test("a full disk needs no prediction, another one does", async () => {
  const full = critical("HostDiskFull", { mountpoint: "/" });
  const fill = (mountpoint: string) => warning("HostDiskWillFill", { mountpoint });
  expect(await suppressed("disk", [full, fill("/"), fill("/data")])).toEqual([
    "HostDiskWillFill supernode-1",
  ]);
});

test("waiting for a CPU says more than a busy one, and nothing about memory", async () => {
  const high = (resource: string, host: string) =>
    warning("SystemResourceHigh", { resource, host });
  const held = await suppressed("resource", [
    ...[warning("HostCpuSaturated"), high("CPU", "supernode-1"), high("memory", "supernode-1")],
    ...[warning("HostMemoryPressure", { host: "h2" }), high("memory", "h2"), high("CPU", "h2")],
  ]);
  expect(held).toEqual(["SystemResourceHigh h2", "SystemResourceHigh supernode-1"]);
});

test("a container that was killed for memory speaks for its host's kernel and its own restarts", async () => {
  const named = (alertname: string, name: string) => warning(alertname, { name });
  const held = await suppressed("container", [
    named("ContainerOomKilled", "app"),
    warning("HostOomKill"),
    ...["ContainerRestarting", "ContainerMemoryNearLimit"].map((alert) => named(alert, "app")),
    named("ContainerRestarting", "other"),
  ]);
  expect(held).toEqual([
    "ContainerMemoryNearLimit supernode-1",
    "ContainerRestarting supernode-1",
    "HostOomKill supernode-1",
  ]);
});

const gpu = (alertname: string, UUID: string, more: Record<string, string> = {}) => ({
  ...{ alertname, severity: "warning", host: "supernode-1", UUID },
  ...more,
});
const CRITICAL = { severity: "critical" };

test("a GPU in critical trouble speaks for its own warnings, and for no other GPU or disk", async () => {
  const held = await suppressed("gpu", [
    gpu("GPUTemperatureCritical", "a", CRITICAL),
    gpu("GPUTemperatureHigh", "a"),
    gpu("GPUClockDrop", "a"),
    gpu("GPUClockDrop", "b"),
    gpu("GPUMemoryHeld", "a"),
    warning("HostDiskWillFill", { mountpoint: "/" }),
  ]);
  expect(held).toEqual(["GPUClockDrop supernode-1", "GPUTemperatureHigh supernode-1"]);
});

test("a GPU that is lost is one page: not its XID 79 too, nor nvidia-smi that fails", async () => {
  const held = await suppressed("gpu-lost", [
    gpu("GPULost", "a", CRITICAL),
    gpu("GPUXIDError", "a", { ...CRITICAL, xid: "79" }),
    warning("HostFactMissing", { fact: "gpus" }),
    warning("DcgmMetricsAbsent"),
    warning("DcgmMetricsAbsent", { host: "supernode-2" }),
  ]);
  expect(held).toEqual([
    "DcgmMetricsAbsent supernode-1",
    "GPUXIDError supernode-1",
    "HostFactMissing supernode-1",
  ]);
});

test("another XID of a GPU that is lost, and XID 79 of another GPU, are told", async () => {
  const told = [
    gpu("GPULost", "a", CRITICAL),
    gpu("GPUXIDError", "a", { ...CRITICAL, xid: "119" }),
    gpu("GPUXIDError", "b", { ...CRITICAL, xid: "79" }),
  ];
  expect(await suppressed("xid", told)).toEqual([]);
});

test("an uncorrected memory error is one page, and a full GPU on which training fails one message", async () => {
  const held = await suppressed("memory", [
    gpu("GPUUncorrectedMemoryErrors", "a", CRITICAL),
    gpu("GPUXIDError", "a", { ...CRITICAL, xid: "95" }),
    gpu("GPUMemoryRepairPending", "a"),
    gpu("GPUOutOfMemory", "b"),
    gpu("GPUMemoryExhaustion", "b"),
  ]);
  expect(held).toEqual([
    "GPUMemoryExhaustion supernode-1",
    "GPUMemoryRepairPending supernode-1",
    "GPUXIDError supernode-1",
  ]);
});

test("what slows a GPU down speaks for its clock", async () => {
  const slow = [gpu("GPUPowerBrake", "a"), gpu("GPUClockDrop", "a"), gpu("GPUClockDrop", "b")];
  expect(await suppressed("clock", slow)).toEqual(["GPUClockDrop supernode-1"]);
});
