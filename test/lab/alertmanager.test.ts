/**
 * Alertmanager as the program makes it, by the real engine on this machine's Docker: the lab's image, no
 * root, read-only, with the image's own wget, awk and amtool at work. What `pulumi up` proves, and when.
 * The plugins are the lab's stand-ins; a sink stands where the receivers are.
 */
import * as docker from "@pulumi/docker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as pulumi from "@pulumi/pulumi";
import { Alertmanager } from "../../components/alertmanager";
import type { AlertingConfig } from "../../components/config/schema";
import { PREFIX } from "../../components/service-host";
import { alertmanagerImage } from "../../lab/images/prometheus";
import { getJson } from "../../runner/status/ask";
import { run } from "../../runner/run";
import { toolchain } from "../../lab/toolchain";
import { QUIET } from "../../lab/servers/alertmanager";
import { pluginsUnderTest, secretKey, TestStack, type Run } from "../support/engine-tools";
import { startHttpSink, type HttpSink } from "../support/http-sink";
import { dockerHere, dockerHost, prefix } from "./conformance/docker-kit";

const PORT = 19193;
const CONTAINER = `${PREFIX}-alertmanager`;
const SINK = `${prefix}-sink`;
const [FIRST, SECOND, PLAIN] = ["first-0123456789", "second-0123456789", "plain"];

let http: HttpSink;
let stack: TestStack;
let image: string;

/** The stack's Alertmanager alone, with one receiver that is proven and one that is not. */
function program(changes: Partial<AlertingConfig> = {}, path = FIRST) {
  return (): Promise<Record<string, never>> => {
    const provider = new docker.Provider("docker", { host: dockerHost });
    const network = new docker.Network("network", { name: PREFIX }, { provider });
    new Alertmanager(
      "alertmanager",
      {
        host: {
          network: [Promise.resolve(network)],
          shell: { kind: "local", dockerHost },
          address: "127.0.0.1",
          retainData: false,
        },
        image,
        port: PORT,
        federation: "demo",
        alerting: {
          ...QUIET,
          receivers: [
            { name: "right", verify: true, webhook: { urlSecret: "rightUrl" } },
            { name: "plain", verify: false, webhook: { url: `${http.url}/${PLAIN}` } },
          ],
          defaultReceiver: "plain",
          ...changes,
        },
        secrets: { rightUrl: pulumi.secret(`${http.url}/${path}`) },
      },
      { providers: [provider] },
    );
    return Promise.resolve({});
  };
}

const changed = ({ steps }: Run): string[] =>
  steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);
const told = (path: string): unknown[] => http.got(`/${path}`).map(({ body }) => body["status"]);
const inContainer = async (...words: string[]): Promise<string> =>
  (await run("docker", ["exec", CONTAINER, ...words])).stdout;

describe.runIf(dockerHere).each(pluginsUnderTest("docker"))("with the $kind plugins", (plugins) => {
  beforeAll(async () => {
    image = await alertmanagerImage(await toolchain());
    // A network's own address on this machine; containers of other networks reach it too.
    const format = "{{(index .IPAM.Config 0).Gateway}}";
    await run("docker", ["network", "create", SINK]);
    const network = await run("docker", ["network", "inspect", SINK, "--format", format]);
    http = await startHttpSink(network.stdout.trim());
    stack = await TestStack.make(plugins, { DOCKER_HOST: dockerHost });
  });
  afterAll(async () => {
    await stack.remove();
    await http.stop();
    await run("docker", ["network", "rm", SINK]);
  });

  test("the first up tells the receiver of the test and of its end, and nobody else", async () => {
    const { error, steps } = await stack.up(program());
    expect(error).toBeUndefined();
    expect(steps.map(({ name }) => name)).toContain("alertmanager-delivery");
    expect(told(FIRST)).toEqual(["firing", "resolved"]);
    expect(told(PLAIN)).toEqual([]);
  });

  test("a second up does nothing and tells nothing", async () => {
    expect(changed(await stack.up(program()))).toEqual([]);
    expect(told(FIRST)).toHaveLength(2);
  });

  test("a receiver that refuses fails the up with its words, not its secret; the change is live", async () => {
    http.answer(`/${FIRST}`, { status: 404, body: `Cannot POST /${FIRST}` });
    const timing = { ...QUIET.timing, groupWait: "7s" };
    const { error, messages } = await stack.up(program({ timing }));
    expect(error).toBeDefined();
    const said = messages.join("\n");
    expect(said).toMatch(
      /receiver right: webhook was not told of the test alert: .*status code 404: Cannot POST \/\[secret\]/,
    );
    expect(said + error).not.toContain(FIRST);
    const status = (await getJson(`http://127.0.0.1:${PORT}/api/v2/status`)) as {
      config: { original: string };
    };
    expect(status.config.original).toContain("group_wait: 7s");
  });

  test("the next up tries again, and only that", async () => {
    http.answer(`/${FIRST}`, { status: 200, body: "{}" });
    const timing = { ...QUIET.timing, groupWait: "7s" };
    const outcome = await stack.up(program({ timing }));
    expect(outcome.error).toBeUndefined();
    expect(changed(outcome)).toEqual(["update alertmanager-delivery"]);
    expect(told(FIRST).slice(-2)).toEqual(["firing", "resolved"]);
  });

  test("another secret is a new file and a new proof, without a reload or a restart", async () => {
    const timing = { ...QUIET.timing, groupWait: "7s" };
    const outcome = await stack.up(program({ timing }, SECOND));
    expect(outcome.error).toBeUndefined();
    expect(changed(outcome)).toEqual([
      "update alertmanager-secrets",
      "update alertmanager-delivery",
    ]);
    expect(told(SECOND)).toEqual(["firing", "resolved"]);
  });

  test("a secret is a file that only Alertmanager's user reads, and nowhere else", async () => {
    const [, ...files] = (await inContainer("ls", "-ln", "/etc/alertmanager/secrets"))
      .trim()
      .split("\n");
    expect(files).toHaveLength(1);
    expect(files[0]).toMatch(/^-rw------- +1 65534 +65534 .* rightUrl$/);
    const config = await inContainer("cat", "/etc/alertmanager/current/alertmanager.yml");
    const { stdout: inspected } = await run("docker", ["inspect", CONTAINER]);
    // The export shows what the state has encrypted.
    const hidden = (_key: string, value: unknown): unknown =>
      typeof value === "object" && value !== null && secretKey in value ? "secret" : value;
    const state = JSON.stringify(await stack.resources(), hidden);
    expect(state).toContain("alertmanager-delivery");
    for (const text of [config, inspected, state]) expect(text).not.toContain(SECOND);
  });
});
