import { execFile, spawn } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { dockerProvider } from "../../lab/plugins/docker/main";
import { grafanaProvider } from "../../lab/plugins/grafana/main";
import { planDiff } from "../../lab/plugins/kit/diff";
import { plain, secret, secretLike, unknown } from "../../lab/plugins/kit/property";
import { list, obj, str } from "../../lab/plugins/kit/schema";
import { Driven } from "./plugins.kit";

const bin = resolve(__dirname, "../../lab/plugins/bin");
const container = "docker:index/container:Container";
const contactPoint = "grafana:alerting/contactPoint:ContactPoint";

describe("starting", () => {
  test.each(["docker", "command", "grafana"])(
    "pulumi-resource-%s prints its port, from any directory and through a link",
    async (name) => {
      const link = join(mkdtempSync(join(tmpdir(), "flower-monitoring-bin-")), name);
      symlinkSync(`${bin}/pulumi-resource-${name}`, link);
      const child = spawn(link, ["127.0.0.1:1"], { cwd: "/" });
      const [first] = await new Promise<Buffer[]>((done, fail) => {
        child.stdout.once("data", (chunk: Buffer) => done([chunk]));
        child.once("exit", (code) => fail(new Error(`ended with ${code}`)));
      });
      child.kill();
      expect(first?.toString()).toMatch(/^\d+\n$/);
    },
  );

  test("a plugin ends when the engine that started it is gone", async () => {
    // The shell in between plays the engine: it starts the plugin and is killed.
    const script = `${bin}/pulumi-resource-command 127.0.0.1:1 >/dev/null & echo $!; wait`;
    const engine = spawn("sh", ["-c", script]);
    const pid = await new Promise<number>((done) =>
      engine.stdout.once("data", (chunk: Buffer) => done(Number(chunk.toString()))),
    );
    // At once: also a plugin that is still starting must notice.
    engine.kill("SIGKILL");
    const gone = async (): Promise<boolean> =>
      promisify(execFile)("kill", ["-0", String(pid)]).then(
        () => false,
        () => true,
      );
    for (let waited = 0; waited < 600 && !(await gone()); waited++) await sleep(100);
    expect(await gone()).toBe(true);
  });
});

describe("checks", () => {
  const driven = (p = dockerProvider()): Driven => new Driven(p);

  test("an unknown property is named, with the ones there are, at any depth", () => {
    const inputs = { image: "i", ports: [{ internal: 80, extrenal: 81 }], memry: 1 };
    expect(() => driven().check(container, inputs)).toThrow(
      /"ports\[0\]\.extrenal".* external, internal, ip, protocol\.\n.*"memry".* memory,/,
    );
  });

  test("a wrong type and a missing property are named", () => {
    expect(() => driven().check(container, { memory: "64" })).toThrow(
      /"memory" must be of type number, got string\.\n.*missing required property "image"/s,
    );
  });

  test("a fault in a secret is named without any value", () => {
    const alertmanagers = secret([{ url: "http://a:9093", basicAuthPasword: "hidden-word" }]);
    const check = (): unknown =>
      driven(grafanaProvider()).check(contactPoint, { name: "c", alertmanagers });
    expect(check).toThrow(/alertmanagers\[0\]\.basicAuthPasword/);
    expect(check).not.toThrow(/hidden-word/);
  });

  test("provider config with an unknown key is refused; what the engine adds is not", () => {
    const { operations } = driven(grafanaProvider());
    const good = { url: "http://g", auth: secret("a:1"), retries: "10", version: "2.40.0" };
    expect(operations.checkConfig(good).failures).toEqual([]);
    expect(operations.checkConfig({ urll: "x" }).failures).toMatchObject([{ property: "urll" }]);
  });

  test("a resource type that the stand-in lacks is refused, with those it has", () => {
    expect(() => driven().check("docker:index/service:Service", {})).toThrow(
      /no resource type "docker:index\/service:Service".*container:Container/,
    );
  });

  test("a name is made once and then stays; a given one is taken", () => {
    const first = driven().check("docker:index/volume:Volume", {});
    expect(first["name"]).toMatch(/^thing-[0-9a-f]{7}$/);
    expect(driven().check("docker:index/volume:Volume", {}, first)["name"]).toBe(first["name"]);
    expect(driven().check("docker:index/volume:Volume", { name: "n" })["name"]).toBe("n");
  });
});

describe("secrets and unknowns", () => {
  test("what was secret going in is secret coming out, and plain in between", () => {
    const like = { a: secret("x"), b: { c: secret("y") }, d: ["e"] };
    expect(plain(like)).toEqual({ a: "x", b: { c: "y" }, d: ["e"] });
    expect(secretLike({ a: "1", b: { c: "2", z: "3" }, d: ["4"] }, like)).toEqual({
      a: secret("1"),
      b: { c: secret("2"), z: "3" },
      d: ["4"],
    });
  });

  test("a list with a secret inside becomes secret as a whole", () => {
    expect(secretLike(["b", "a"], ["a", secret("b")])).toEqual(secret(["b", "a"]));
  });

  test("the preview of a create knows no outputs", async () => {
    const { operations } = new Driven(dockerProvider());
    const urn = "urn:pulumi:s::p::docker:index/volume:Volume::v";
    const { state } = await operations.create(urn, { name: "v" }, { preview: true, seconds: 0 });
    expect(state).toMatchObject({ name: "v", mountpoint: unknown });
  });
});

describe("diffs as a bridged provider's", () => {
  const shape = {
    tags: list(str(), { set: true }),
    items: list(obj({ name: str(), uid: str({ computed: true }), mode: str({ default: "x" }) })),
    size: str({ computed: true, forceNew: true }),
  };

  test.each<[string, object, object, string[]]>([
    ["the order of a set means nothing", { tags: ["a", "b"] }, { tags: ["b", "a"] }, []],
    ["a computed value stands", { size: "1" }, {}, []],
    ["a set value that was left out is deleted", { tags: ["a"] }, {}, ["tags"]],
    [
      "nested computed values and defaults are no change",
      { items: [{ name: "n", uid: "u", mode: "x" }] },
      { items: [{ name: "n" }] },
      [],
    ],
    [
      "a nested value that is given counts",
      { items: [{ name: "n", uid: "u" }] },
      { items: [{ name: "n", uid: "v" }] },
      ["items"],
    ],
    ["an unknown is a change", { size: "1" }, { size: unknown }, ["size"]],
    ["empty and absent are the same", { tags: [] }, {}, []],
  ])("%s", (_claim, state, wanted, changed) => {
    expect(Object.keys(planDiff(shape, state as never, wanted as never))).toEqual(changed);
  });
});
