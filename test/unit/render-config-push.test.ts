import {
  lstatSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  mkdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { renderConfigPush, type ConfigPush } from "../../components/render/config-push";
import { FakeVm, shells } from "../support/fake-vm";

const { found, missing } = shells();
for (const reason of missing) console.warn(`skipped: config push under ${reason}`);

/** Accepts everything but a file that says "invalid". */
const CHECK = `#!/bin/sh
if grep -q invalid app.yml; then echo "check: app.yml: line 1: invalid" >&2; exit 1; fi
echo "checked $(cat app.yml)"
`;

let vm: FakeVm;
function setUp(shell = found[0]): FakeVm {
  if (shell === undefined) throw new Error("no shell");
  vm = new FakeVm(shell);
  vm.command("check", CHECK);
  return vm;
}
afterEach(() => vm.remove());

function push(content: string): ConfigPush {
  return {
    image: "registry.example.org/prometheus:v1",
    volume: "config",
    mountPath: vm.volume,
    files: [
      { path: "app.yml", content },
      { path: "rules/own.yml", content: "groups: []\n" },
    ],
    validate: "check app.yml",
    reload: {
      container: "prometheus",
      metricsUrl: "http://127.0.0.1:9090/metrics",
      metricPrefix: "prometheus",
    },
  };
}

function running(): void {
  vm.service({ running: "" });
}

describe.each(found)("under $name", (shell) => {
  test("a first push stages, checks and switches; a service that does not run is left alone", () => {
    setUp(shell);
    const outcome = vm.run(renderConfigPush(push("one")));
    expect(outcome).toMatchObject({ code: 0, signal: null, stderr: "checked one\n" });
    expect(outcome.stdout).toMatch(/^live [0-9a-f]{12}\n$/);
    expect(vm.live()).toBe("one\n");
    expect(vm.live("rules/own.yml")).toBe("groups: []\n");
    expect(vm.calls()).toEqual(["run", "container", "run"]);
    expect(vm.list()).toEqual(["current", "releases", "targets"]);
  });

  test("a change is staged, checked, switched, told to the service, and its verdict awaited", () => {
    setUp(shell);
    vm.run(renderConfigPush(push("one")));
    running();
    const outcome = vm.run(renderConfigPush(push("two")));
    expect(outcome).toMatchObject({ code: 0, stderr: "checked two\n" });
    expect(vm.calls()).toEqual(
      // stage + switch, is it running, metric before, HUP, two metrics after, tidy up
      ["run", "container", "exec", "exec", "exec", "exec", "run"],
    );
    expect(vm.calls(7)[3]).toBe("exec prometheus /bin/sh -c kill -HUP 1");
    expect(vm.loaded()).toContain("two");
    expect(vm.list("releases")).toHaveLength(1);
    expect(vm.list()).toEqual(["current", "releases", "targets"]);
  });

  test("what the check refuses changes nothing, and its words and exit code come back", () => {
    setUp(shell);
    vm.run(renderConfigPush(push("one")));
    running();
    const outcome = vm.run(renderConfigPush(push("invalid")));
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toBe("check: app.yml: line 1: invalid\n");
    expect(outcome.stdout).toBe("");
    expect(vm.live()).toBe("one\n");
    expect(vm.list("releases")).toHaveLength(1);
    expect(vm.calls()).toEqual(["run"]);
  });

  test("a refused first push leaves no release behind", () => {
    setUp(shell);
    expect(vm.run(renderConfigPush(push("invalid"))).code).toBe(1);
    expect(vm.list("releases")).toEqual([]);
    expect(vm.live()).toBeUndefined();
  });

  test("what the service refuses is put back, told with the service's words, and loaded again", () => {
    setUp(shell);
    vm.run(renderConfigPush(push("one")));
    running();
    const outcome = vm.run(renderConfigPush(push("refused-by-service")));
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toBe(
      "checked refused-by-service\n" +
        "prometheus refused its new configuration\n" +
        "the configuration that was live before is put back\n" +
        "the service's last words\n",
    );
    expect(vm.live()).toBe("one\n");
    expect(vm.loaded()).toContain("one");
    expect(vm.list()).toEqual(["current", "releases", "targets"]);
  });

  test("a service that does not answer keeps what it had", () => {
    setUp(shell);
    vm.run(renderConfigPush(push("one")));
    vm.service({ running: "", mute: "" });
    const outcome = vm.run(renderConfigPush(push("two")));
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("prometheus does not answer");
    expect(vm.live()).toBe("one\n");
  });

  test("killed between switch and reload, the next run heals", () => {
    setUp(shell);
    vm.run(renderConfigPush(push("one")));
    running();
    expect(vm.run(renderConfigPush(push("two")), { dieAt: "exec prometheus /bin/sh" }).signal).toBe(
      "SIGKILL",
    );
    expect(vm.loaded()).toBeUndefined();
    expect(vm.run(renderConfigPush(push("two"))).code).toBe(0);
    expect(vm.loaded()).toContain("two");
    expect(vm.list()).toEqual(["current", "releases", "targets"]);
    expect(vm.list("releases")).toHaveLength(1);
  });

  test("after a killed push, a refusal still puts back what the service really runs", () => {
    setUp(shell);
    vm.run(renderConfigPush(push("one")));
    running();
    const refused = renderConfigPush(push("refused-by-service"));
    expect(vm.run(refused, { dieAt: "exec prometheus /bin/sh" }).signal).toBe("SIGKILL");
    expect(vm.live()).toBe("refused-by-service\n");
    expect(vm.run(refused).code).toBe(1);
    expect(vm.live()).toBe("one\n");
  });

  test("a link that a killed push left half-made is not followed", () => {
    setUp(shell);
    vm.run(renderConfigPush(push("one")));
    mkdirSync(join(vm.volume, "releases/dead"));
    symlinkSync("releases/dead", join(vm.volume, "current.new"));
    expect(vm.run(renderConfigPush(push("two"))).code).toBe(0);
    expect(vm.live()).toBe("two\n");
    expect(vm.list()).toEqual(["current", "releases", "targets"]);
  });

  test("the same push again is harmless", () => {
    setUp(shell);
    const script = renderConfigPush(push("one"));
    const first = vm.run(script);
    running();
    expect(vm.run(script)).toEqual(first);
    expect(vm.live()).toBe("one\n");
    expect(vm.list("releases")).toHaveLength(1);
  });

  test("files are readable by the service's user, whatever the caller's umask", () => {
    setUp(shell);
    vm.run(`umask 077\n${renderConfigPush(push("one"))}`);
    expect(statSync(join(vm.volume, "current/app.yml")).mode & 0o777).toBe(0o644);
    expect(statSync(join(vm.volume, "current/rules")).mode & 0o777).toBe(0o755);
  });
});

describe("the rendered script", () => {
  test("switches by renaming a link, so that a reader sees the old or the new", () => {
    setUp();
    vm.run(renderConfigPush(push("one")));
    const current = join(vm.volume, "current");
    expect(lstatSync(current).isSymbolicLink()).toBe(true);
    expect(readlinkSync(current)).toMatch(/^releases\/[0-9a-f]{12}$/);
  });

  test("runs in a container without network, without privileges, of the service's image", () => {
    setUp();
    vm.run(renderConfigPush(push("one")));
    const [run] = vm.calls(99);
    expect(run).toBe(
      "run --rm --interactive --network none --user 0:0 --read-only " +
        "--cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER " +
        `--security-opt no-new-privileges --volume config:${vm.volume} ` +
        "--entrypoint /bin/sh registry.example.org/prometheus:v1 -s",
    );
  });

  test("names a release after its content: another check or file is another release", () => {
    setUp();
    const release = (change: Partial<ConfigPush>): string | undefined =>
      /live ([0-9a-f]{12})/.exec(renderConfigPush({ ...push("one"), ...change }))?.[1];
    const names = [
      release({}),
      release({ validate: "check --strict app.yml" }),
      release({ files: [{ path: "app.yml", content: "two" }] }),
    ];
    expect(new Set(names).size).toBe(3);
    expect(release({})).toBe(names[0]);
  });

  test("stops at the first failing command, also when docker is not there", () => {
    setUp();
    rmSync(join(vm.root, "bin/docker"));
    writeFileSync(join(vm.root, "bin/docker"), "", { mode: 0o644 });
    const outcome = vm.run(renderConfigPush(push("one")));
    expect(outcome.code).not.toBe(0);
    expect(outcome.stdout).not.toContain("live");
  });
});
