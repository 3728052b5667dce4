/** What the installer does about SELinux, firewalls and clocks, with tools that only note calls. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeHost, hostShells } from "../support/fake-host";

describe.each(hostShells)("under $name", ({ program }) => {
  let host: FakeHost;
  beforeEach(() => {
    host = new FakeHost(program);
  });
  afterEach(() => host.remove());

  describe("SELinux's labels", () => {
    const label = () => host.run('set_labels "$here" "$state" "$unit_dir"/a.service; echo done');

    it("are the policy's own for the release, the state and the units; no rule is added", () => {
      for (const name of ["selinuxenabled", "restorecon", "semanage", "chcon"]) host.tool(name);

      expect(label()).toEqual({ code: 0, stdout: "done\n", stderr: "" });

      expect(host.calls()).toEqual([
        "selinuxenabled",
        "restorecon -R /opt/releases/abc /state /units/a.service",
      ]);
    });

    it("are left alone where SELinux is off, or is not there", () => {
      expect(label()).toEqual({ code: 0, stdout: "done\n", stderr: "" });
      host.tool("selinuxenabled", "exit 1");
      host.tool("restorecon");

      expect(label()).toEqual({ code: 0, stdout: "done\n", stderr: "" });

      expect(host.calls()).toEqual(["selinuxenabled"]);
    });

    it("cannot be set without restorecon, which is said and ends nothing", () => {
      host.tool("selinuxenabled");

      expect(label()).toEqual({
        code: 0,
        stdout: "done\n",
        stderr:
          "flower-monitoring: h1: test: SELinux is on, but there is no restorecon to label " +
          "/opt/releases/abc /state /units/a.service; install policycoreutils\n",
      });
    });

    it("are not set by a restorecon that fails, whose words are told", () => {
      host.tool("selinuxenabled");
      host.tool("restorecon", "echo 'restorecon: Operation not supported' >&2; exit 255");

      expect(label()).toEqual({
        code: 0,
        stdout: "done\n",
        stderr:
          "flower-monitoring: h1: test: restorecon failed: restorecon: Operation not supported\n",
      });
    });
  });

  describe("units that are brought up", () => {
    const unit = "flower-monitoring-node-exporter.service";

    it("are labelled after their files are there and before systemd starts them", () => {
      host.tool("selinuxenabled");
      host.tool("restorecon", 'ls "$4"');
      host.tool("systemctl", "case $* in *is-active*) exit 3 ;; esac");
      host.file("parts.list", "node-exporter aaa 9100 node_exporter_build_info\n");
      host.file("host.env", "FM_LISTEN=10.0.0.1\n");
      host.file(`units/${unit}`, "[Service]\n");

      expect(host.run('mkdir "$state"; bring_up "$here"; echo "$restarted"')).toMatchObject({
        code: 0,
        stdout: " node-exporter\n",
        stderr: "",
      });

      const calls = host.calls();
      const labelled = calls.indexOf(`restorecon -R /opt/releases/abc /state /units/${unit}`);
      const started = calls.indexOf(`systemctl restart ${unit}`);
      expect(labelled).toBeGreaterThanOrEqual(0);
      expect(started).toBeGreaterThan(labelled);
    });
  });

  describe("an exporter that does not come up", () => {
    const AVC =
      'AVC avc:  denied  { execute } for  pid=4711 comm="(exporter)" name="node_exporter" ' +
      "scontext=system_u:system_r:init_t:s0 tcontext=unconfined_u:object_r:usr_t:s0 tclass=file";
    const APPARMOR =
      'audit: type=1400 audit(1.2:3): apparmor="DENIED" operation="exec" profile="x" pid=4711 comm="env"';

    function explain(): string {
      host.tool(
        "systemctl",
        "case $* in *ExecMainPID*) echo 4711 ;; *is-active*) echo failed; exit 3 ;; esac",
      );
      host.file("parts.list", "node-exporter aaa 9100 node_exporter_build_info\n");
      host.file("host.env", "FM_LISTEN=10.0.0.1\n");
      const outcome = host.run("explain node-exporter");
      expect(outcome).toMatchObject({ code: 1, stdout: "" });
      return outcome.stderr;
    }
    const journal = (...lines: string[]) => {
      const text = lines.map((line) => `echo '${line}'`).join("\n");
      host.tool("journalctl", `case $* in *_TRANSPORT=audit*) ${text} ;; *) echo died ;; esac`);
    };

    it.each([
      ["SELinux", AVC],
      ["AppArmor", APPARMOR],
    ])("is told with what %s has logged of its process", (_, line) => {
      journal(line.replaceAll("4711", "47110"), line, "a line of something else");

      expect(explain()).toBe(
        "flower-monitoring: h1: test: node-exporter does not answer on " +
          "http://10.0.0.1:9100/metrics (unit failed, last log line: died); refused by policy: " +
          `${line}; read journalctl -u flower-monitoring-node-exporter.service on the host\n`,
      );
    });

    it("is told with auditd's log, where the journal has nothing or cannot be read", () => {
      host.tool("journalctl", "exit 1");
      host.tool("ausearch", `echo '${AVC}'`);

      expect(explain()).toContain(`; refused by policy: ${AVC}; read`);
    });

    it("is told without a policy where none refused it", () => {
      journal("a line of something else", AVC.replace("pid=4711", "pid=1"));

      expect(explain()).toMatch(/\(unit failed, last log line: died\); read journalctl/);
    });
  });

  describe("a firewall", () => {
    beforeEach(() =>
      host.file("parts.list", "node-exporter aaa 9100 a\nflower-exporter bbb 9101 b\n"),
    );
    const note = () => host.run("firewall_note");

    it("is named with the ports that firewalld keeps shut, and is not changed", () => {
      host.tool("firewall-cmd", "case $* in *9100*) exit 1 ;; esac");

      expect(note()).toEqual({
        code: 0,
        stdout:
          "; firewalld is on and does not open 9100/tcp: see that the monitoring VM can reach it",
        stderr: "",
      });
      expect(host.calls()).toEqual([
        "firewall-cmd -q --state",
        "firewall-cmd -q --query-port=9100/tcp",
        "firewall-cmd -q --query-port=9101/tcp",
      ]);
    });

    it("is named with the ports that ufw has no rule for", () => {
      host.tool("ufw", "echo 'Status: active'; echo '9101/tcp   ALLOW   10.0.0.10'");
      expect(note().stdout).toMatch(/^; ufw is on and does not open 9100\/tcp: see/);

      host.tool("ufw", "echo 'Status: active'; echo '22/tcp     ALLOW   Anywhere'");
      expect(note().stdout).toMatch(/^; ufw is on and does not open 9100\/tcp,9101\/tcp: see/);
      expect(host.calls().every((call) => call === "ufw status")).toBe(true);
    });

    it("is not mentioned where there is none, it is off, or it lets us in", () => {
      expect(note()).toEqual({ code: 0, stdout: "", stderr: "" });
      host.tool("firewall-cmd", "exit 252");
      host.tool("ufw", "echo 'Status: inactive'");
      expect(note()).toEqual({ code: 0, stdout: "", stderr: "" });
      host.tool("firewall-cmd");
      expect(note()).toEqual({ code: 0, stdout: "", stderr: "" });
    });
  });

  describe("a clock", () => {
    const at = (time: string) =>
      host.tool(
        "date",
        `case $* in *%s*) echo ${Date.parse(time) / 1000} ;; *) echo ${time} ;; esac`,
      );
    const FM_PINNED = String(Date.parse("2026-11-20") / 1000);

    it("that is years behind is told", () => {
      at("2019-01-02");

      expect(host.run("clock_note", { FM_PINNED })).toEqual({
        code: 0,
        stdout:
          "; the clock says 2019-01-02, before this release was made: set it, or certificates fail",
        stderr: "",
      });
    });

    it("that may be right is not", () => {
      at("2026-11-21");

      expect(host.run("clock_note", { FM_PINNED })).toEqual({ code: 0, stdout: "", stderr: "" });
    });

    it.each([
      ["curl", 60],
      ["wget", 5],
    ])("is asked about where %s does not accept a certificate", (tool, code) => {
      at("2031-01-02");
      host.tool(tool, `exit ${code}`);

      expect(host.run("fetch_one 00 https://example.org/a - x")).toMatchObject({
        code: 1,
        stderr:
          "flower-monitoring: h1: test: cannot download https://example.org/a (its certificate is not " +
          "accepted; is the clock right? It says 2031-01-02); let this host reach it, or carry the " +
          "file in the bundle with flower-monitoring:artifacts\n",
      });
    });

    it("is not asked about where the network is down", () => {
      host.tool("curl", "exit 7");

      expect(host.run("fetch_one 00 https://example.org/a - x").stderr).toContain(
        "cannot download https://example.org/a; let this host reach it",
      );
    });
  });
});
