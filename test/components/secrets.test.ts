import { beforeAll, describe, expect, test } from "vitest";
import { runProgram, type ProgramRun } from "../support/example-program";
import { PASSWORD, PRIVATE_KEY } from "../support/example-stack";
import { isSecret, redacted, revealed } from "../support/mocks";
import { byName } from "../support/registrations";
import type { Editable } from "../unit/config-fixture";

const HOOK = "https://hooks.example.org/T0/0123456789abcdef";

function withSecretWebhook(raw: Editable): void {
  raw["alerting"] = {
    evaluator: "grafana",
    receivers: [
      { name: "lab", webhook: { url: "http://172.31.77.5:8080/alerts" } },
      { name: "ops", webhook: { urlSecret: "opsWebhookUrl" } },
    ],
    defaultReceiver: "lab",
  } as unknown as Editable;
}

describe("a stack with a password, a key and a secret webhook", () => {
  let run: ProgramRun;
  beforeAll(async () => {
    run = await runProgram(withSecretWebhook, { opsWebhookUrl: HOOK });
  });

  // The key's body; its framing lines are no secret.
  const keyBody = PRIVATE_KEY.split("\n")[1] ?? "";

  test.each([
    ["the admin password", PASSWORD],
    ["the private key", keyBody],
    ["the webhook's URL", HOOK],
  ])("no resource has %s in plain", (_what, secret) => {
    const inPlain = run.registrations.filter(({ inputs }) =>
      JSON.stringify(redacted(inputs)).includes(secret),
    );
    const encrypted = run.registrations.filter(({ inputs }) =>
      JSON.stringify(revealed(inputs)).includes(secret),
    );
    expect(inPlain.map(({ name }) => name)).toEqual([]);
    expect(encrypted.length).toBeGreaterThan(0);
  });

  test("each secret is where it is needed and nowhere else", () => {
    const holders = (secret: string): string[] =>
      run.registrations
        .filter(({ inputs }) => JSON.stringify(revealed(inputs)).includes(secret))
        .map(({ name }) => name);
    expect(holders(PASSWORD)).toEqual(["monitoring-grafana-secrets", "grafana-provider"]);
    expect(holders(HOOK)).toEqual(["monitoring-alertmanager-secrets"]);
    expect(
      holders(keyBody).every((name) => /-(install|bundle|secrets|targets|live-config)$/.test(name)),
    ).toBe(true);
  });

  test("a secret travels on standard input, never in the command's text", () => {
    for (const name of ["monitoring-grafana-secrets", "monitoring-alertmanager-secrets"]) {
      const { stdin, create } = byName(run, name).inputs;
      expect(isSecret(stdin)).toBe(true);
      expect(create).toBe("exec timeout 300 sh -s");
    }
  });

  test("Alertmanager reads the secret URL from a file, the plain one from its configuration", () => {
    const config = byName(run, "monitoring-alertmanager-live-config").inputs["stdin"];
    expect(config).toContain("url_file: /etc/alertmanager/secrets/opsWebhookUrl");
    expect(config).toContain("url: http://172.31.77.5:8080/alerts");
    const files = revealed(byName(run, "monitoring-alertmanager-secrets").inputs["stdin"]);
    expect(files).toContain("secrets/opsWebhookUrl");
    expect(files).not.toContain("172.31.77.5");
  });

  test("Grafana reads its password from a file, not from its environment", () => {
    const { envs } = byName(run, "monitoring-grafana-container").inputs;
    expect(envs).toContain(
      "GF_SECURITY_ADMIN_PASSWORD__FILE=/etc/flower-monitoring/secrets/admin-password",
    );
    expect(JSON.stringify(envs)).not.toMatch(/PASSWORD=/);
  });
});
