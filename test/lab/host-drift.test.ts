import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { versions } from "../../components/versions";
import { FLOWER, makeBundle, type TestBundle } from "./host-bundles.kit";
import { drift, facts, metric } from "./host-drift.kit";
import { IMAGE_MILLISECONDS, TestHost } from "./host-installer.kit";

const RELEASE = "/opt/flower-monitoring/current";
const UNITS = "/etc/systemd/system";
const PTH = "/opt/flower/lib/python3.11/site-packages/flower-monitoring.pth";
const TIMER = "flower-monitoring-facts.timer";

/** A CA and a chain whose second certificate ends first. */
const CERTIFICATES = `
mkdir -p /etc/flower && cd /etc/flower
for days in 3650 90 30; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days $days -subj /CN=$days \\
    -keyout /dev/null -out $days.crt 2>/dev/null
done
mv 3650.crt ca.crt
cat 90.crt 30.crt > chain.crt`;

// In order: each test starts from what the one before left, as a host's life does.
describe("a host that was changed by hand", () => {
  let host: TestHost;
  let before: string;
  let bundle: TestBundle;

  beforeAll(async () => {
    host = await TestHost.start();
    await host.sh(CERTIFICATES);
    before = await host.listing();
    const control = { address: "127.0.0.1:8000", caFile: "/etc/flower/ca.crt", insecure: false };
    const certificates = ["/etc/flower/chain.crt", "/etc/flower/none.crt", "/etc/hostname"];
    bundle = await makeBundle("superlink", undefined, {
      flower: { ...FLOWER, hook: true, control, certificates },
    });
    await host.install(bundle);
  }, IMAGE_MILLISECONDS);

  afterAll(() => TestHost.stopAll());

  const repair = async (): Promise<void> => {
    expect(await host.session(bundle)).toMatchObject({ code: 0, stderr: "" });
  };

  it("differs in nothing before", async () => {
    const lines = await facts(host);

    expect(drift(lines)).toEqual([]);
    expect(metric(lines, "part_up").sort()).toEqual([
      '{part="facts",unit="flower-monitoring-facts.timer"} 1',
      '{part="flower-exporter",unit="flower-monitoring-flower-exporter.service"} 1',
      '{part="node-exporter",unit="flower-monitoring-node-exporter.service"} 1',
    ]);
    expect(metric(lines, "part_info")).toHaveLength(3);
    expect(metric(lines, "installer_running")).toEqual(["0"]);
    expect(metric(lines, "bundle_info")).toEqual([`{hash="${bundle.id}",version="0.1.0"} 1`]);
    const [written] = metric(lines, "facts_timestamp_seconds");
    expect(Number(await host.sh("date +%s")) - Number(written)).toBeLessThan(3);
  });

  it("tells Flower's version, and when certificates expire, the first of a chain", async () => {
    const lines = await facts(host);

    expect(metric(lines, "flower_info")).toEqual([`{version="${versions.flower}"} 1`]);
    const expiry = (file: string) =>
      host.sh(
        `date -d "$(openssl x509 -noout -enddate -in /etc/flower/${file} | cut -d= -f2)" +%s`,
      );
    expect(metric(lines, "certificate_expiry_timestamp_seconds")).toEqual([
      `{path="/etc/flower/ca.crt"} ${await expiry("ca.crt")}`,
      `{path="/etc/flower/chain.crt"} ${await expiry("30.crt")}`,
    ]);
    expect(metric(lines, "fact_missing")).toEqual([
      '{fact="certificate:/etc/flower/none.crt",reason="no such file"} 1',
      '{fact="certificate:/etc/hostname",reason="not a PEM certificate"} 1',
    ]);
  });

  it("follows a certificate that is renewed", async () => {
    await host.sh("cp -p /etc/flower/90.crt /etc/flower/chain.crt");

    const lines = await facts(host);

    const days =
      (Number(metric(lines, "certificate_expiry_timestamp_seconds")[1]?.split(" ")[1]) -
        Date.now() / 1000) /
      86400;
    expect(days).toBeGreaterThan(89);
    expect(days).toBeLessThan(90);
    await host.sh("cd /etc/flower; cat 90.crt 30.crt > chain.crt");
  });

  it.each<[what: string, change: string, ...differences: string[]]>([
    [
      "a unit is edited",
      `echo '# mine' >> ${UNITS}/flower-monitoring-node-exporter.service`,
      "node-exporter reload-needed",
      "node-exporter unit-edited",
    ],
    [
      "a unit is edited and in use",
      `sed -i 's/^Nice=10/Nice=0/' ${UNITS}/flower-monitoring-node-exporter.service
       systemctl daemon-reload; systemctl restart flower-monitoring-node-exporter`,
      "node-exporter unit-edited",
    ],
    [
      "the facts' own service is edited",
      `echo '# mine' >> ${UNITS}/flower-monitoring-facts.service; systemctl daemon-reload`,
      "facts unit-edited",
    ],
    [
      "a unit is removed",
      `rm ${UNITS}/flower-monitoring-flower-exporter.service; systemctl daemon-reload`,
      "flower-exporter disabled",
      "flower-exporter unit-edited",
    ],
    [
      "a service is stopped",
      "systemctl stop flower-monitoring-flower-exporter",
      "flower-exporter stopped",
    ],
    [
      "a service is disabled",
      "systemctl -q disable flower-monitoring-flower-exporter",
      "flower-exporter disabled",
    ],
    [
      "a file of a part is removed",
      `rm ${RELEASE}/lib/flower_monitoring/exporter/__main__.py`,
      "flower-exporter payload",
    ],
    ["a file of the installer is removed", `rm ${RELEASE}/steps/verify.sh`, "installer payload"],
    [
      "a program is exchanged for one of the same size and time",
      `cd ${RELEASE}/bin && cp -p node_exporter mine && printf X | dd of=mine bs=1 seek=9999 conv=notrunc 2>/dev/null
       touch -r node_exporter mine && mv mine node_exporter`,
      "node-exporter payload",
    ],
    ["the .pth file is removed", `rm ${PTH}`, "hook pth"],
    ["the .pth file is edited", `echo 'import os' >> ${PTH}`, "hook pth"],
    [
      "a file of the hook is edited",
      "echo '# mine' >> /opt/flower-monitoring/hook/current/flower_monitoring/hook/boot.py",
      "hook payload",
    ],
    [
      "an exporter is given another address",
      `sed -i s/^FM_LISTEN=.*/FM_LISTEN=127.0.0.1/ ${RELEASE}/host.env`,
      "facts address",
      "flower-exporter address",
      "node-exporter address",
    ],
    [
      "a release is not the one that was verified",
      "echo other > /var/lib/flower-monitoring/good",
      "installer release",
    ],
    ["the facts' timer is stopped", `systemctl stop ${TIMER}`, "facts stopped"],
  ])(
    "%s: told with part and reason, and the installer repairs it",
    async (_what, change, ...differences) => {
      await host.sh(change);

      expect(drift(await facts(host))).toEqual(differences);

      await repair();
      expect(drift(await facts(host))).toEqual([]);
    },
  );

  it("has nothing left to repair then", async () => {
    expect((await host.session(bundle)).stdout).toContain("changed=0");
  });

  it("is as it was before when all is taken away", async () => {
    expect(await host.session(bundle, "remove")).toMatchObject({ code: 0, stderr: "" });
    expect(await host.listing()).toBe(before);
  });
});
