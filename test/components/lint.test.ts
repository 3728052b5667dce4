import { beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "../support/example-program";
import { lint } from "../support/lint";
import type { Registration } from "../support/mocks";
import { byName } from "../support/registrations";
import type { Editable } from "../unit/config-fixture";

const VARIANTS: Record<string, (raw: Editable) => void> = {
  "the example": () => undefined,
  "evaluator grafana, data kept": (raw) => {
    (raw["alerting"] as unknown as Record<string, unknown>)["evaluator"] = "grafana";
    raw["retainData"] = true as unknown as Editable;
  },
  "a unix socket": (raw) => {
    raw["monitoring"] = { docker: "unix:///var/run/docker.sock" } as unknown as Editable;
  },
  "official images": (raw) => {
    Reflect.deleteProperty(raw, "images");
  },
};

describe("the lint finds nothing", () => {
  test.each(Object.entries(VARIANTS))("in %s", async (_name, edit) => {
    expect(lint((await runProgram(edit)).registrations)).toEqual([]);
  });

  test("in where ports are published: on the stack's address only", async () => {
    const { registrations } = await runProgram();
    const ports = registrations
      .filter(({ type }) => type === "docker:index/container:Container")
      .flatMap(({ inputs }) => inputs["ports"] as { ip: string; external: number }[])
      .map(({ ip, external }) => `${ip}:${external}`);
    expect(ports).toEqual(["172.31.77.10:9093", "172.31.77.10:3000", "172.31.77.10:9090"]);
  });

  test("in what differs between commands: their text is the same on all hosts", async () => {
    const { registrations } = await runProgram();
    const texts = registrations
      .filter(({ type }) => type === "command:local:Command")
      .map(({ inputs }) => [inputs["create"], inputs["update"], inputs["delete"]].join("|"));
    // One for scripts on the VM, one for hosts.
    expect(new Set(texts).size).toBe(2);
  });
});

/** `[resource, what is broken, the fault's words]` */
const BROKEN: [name: string, change: (r: Registration) => void, fault: string][] = [];
function broken(name: string, inputs: Record<string, unknown>, fault: string): void {
  BROKEN.push([name, (r) => (r.inputs = { ...r.inputs, ...inputs }), fault]);
}
function brokenOption(name: string, options: Partial<Registration>, fault: string): void {
  BROKEN.push([name, (r) => Object.assign(r, options), fault]);
}
const CONTAINER = "monitoring-grafana-container";
broken(CONTAINER, { healthcheck: undefined }, "no health check");
broken(CONTAINER, { wait: undefined }, "does not wait");
broken(CONTAINER, { memorySwap: undefined }, "memorySwap");
broken(CONTAINER, { restart: undefined }, "not started again");
broken(CONTAINER, { logOpts: {} }, "its log has no bound");
broken(CONTAINER, { readOnly: false }, "writable");
broken(CONTAINER, { capabilities: { drops: [] } }, "keeps capabilities");
broken(CONTAINER, { capabilities: { drops: ["ALL"], adds: ["SYS_ADMIN"] } }, "takes capabilities");
broken(CONTAINER, { securityOpts: undefined }, "may gain privileges");
broken(CONTAINER, { user: "0:0" }, "runs as root");
broken(CONTAINER, { destroyGraceSeconds: undefined }, "killed without time");
broken(CONTAINER, { ports: [{ internal: 1, external: 1 }] }, "0.0.0.0");
broken(
  CONTAINER,
  { healthcheck: { tests: ["CMD", "x"], interval: "60s" } },
  "60s is not canonical",
);
broken(CONTAINER, { platform: "linux/amd64" }, "sets platform");
broken(CONTAINER, { image: "grafana/grafana:latest" }, "moves");
broken(CONTAINER, { image: "registry:5000/grafana" }, "neither tag nor digest");
brokenOption(CONTAINER, { deleteBeforeReplace: false }, "its name is taken");
brokenOption(CONTAINER, { replaceOnChanges: [] }, "healthcheck would not be applied");
brokenOption(CONTAINER, { provider: undefined }, "default provider");
broken("monitoring-grafana-image", { keepLocally: false }, "deletes an image");
brokenOption("monitoring-grafana-data", { ignoreChanges: [] }, "would delete the data");
brokenOption("monitoring-grafana-data", { protect: true }, "protect and retainOnDelete differ");
const COMMAND = "supernode-1-install";
broken(COMMAND, { logging: undefined }, "64 KiB");
broken(COMMAND, { addPreviousOutputInEnv: undefined }, "comes back as its environment");
broken(COMMAND, { environment: { A: "b" } }, "which the state shows");
broken(COMMAND, { triggers: ["v2"] }, "the old delete runs last");
broken(COMMAND, { create: `timeout 5 echo ${"x".repeat(200)}` }, "its command is long");
broken(COMMAND, { stdin: "x".repeat(1100) }, "over 1 kB");
brokenOption(COMMAND, { deleteBeforeReplace: false }, "would remove what it installed");
brokenOption(COMMAND, { type: "command:remote:Command" }, "not a session");
brokenOption(COMMAND, { customTimeouts: undefined }, "has no deadline");
broken("grafana-provider", { auth: "admin:x" }, "not secret");
broken("grafana-provider", { retries: undefined }, "gives up");
broken("grafana-folder", { uid: undefined }, "no uid");
broken("grafana-prometheus", { uid: undefined }, "no uid");
broken("grafana-federation", { overwrite: undefined }, "could not be repaired");
broken("grafana-federation", { configJson: "{}" }, "no uid");
broken("grafana-rules-federation", { intervalSeconds: 15 }, "no multiple of 10 s");
broken("grafana-rules-federation", { rules: [{ name: "x" }] }, "a rule has no uid");

describe("the lint finds", () => {
  let registrations: Registration[];
  beforeAll(async () => {
    ({ registrations } = await runProgram(VARIANTS["evaluator grafana, data kept"]));
    for (const registration of registrations) {
      registration.protect = registration.retainOnDelete = false;
    }
  });

  test.each(
    BROKEN.map(([name, change, fault], i) => [`${i + 1} ${fault}`, name, change, fault] as const),
  )("%s", (_title, name, change, fault) => {
    const copy = { ...byName({ registrations }, name) };
    expect(lint([copy])).toEqual([]);
    change(copy);
    const found = lint([copy]);
    expect(found.join("\n")).toContain(fault);
    expect(found.every((line) => line.startsWith(`${name}: `))).toBe(true);
  });
});
