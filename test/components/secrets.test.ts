import { beforeAll, describe, expect, test } from "vitest";
import { runProgram, type ProgramRun } from "../support/example-program";
import { PASSWORD, PRIVATE_KEY } from "../support/example-stack";
import { isSecret, redacted, revealed } from "../support/mocks";
import { byName } from "../support/registrations";
import type { Editable } from "../unit/config-fixture";

const SUDO = "seven-cold-herons";
const HOOK = "https://hooks.example.org/T0/0123456789abcdef";

function withSecrets(raw: Editable): void {
  raw["alerting"] = {
    evaluator: "grafana",
    receivers: [
      { name: "lab", webhook: { url: "http://172.31.77.5:8080/alerts" } },
      { name: "ops", webhook: { urlSecret: "opsWebhookUrl" } },
    ],
    defaultReceiver: "lab",
  } as unknown as Editable;
  raw["ssh"]!["user"] = "ops" as unknown as Editable;
  raw["ssh"]!["sudoPasswordSecret"] = "opsSudo" as unknown as Editable;
}

describe("a stack with two passwords, a key and a secret webhook", () => {
  let run: ProgramRun;
  beforeAll(async () => {
    run = await runProgram(withSecrets, { opsWebhookUrl: HOOK, opsSudo: SUDO });
  });

  // The key's body; its framing lines are no secret.
  const keyBody = PRIVATE_KEY.split("\n")[1] ?? "";

  test.each([
    ["the admin password", PASSWORD],
    ["the webhook's URL", HOOK],
    ["the sudo password", SUDO],
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
    // Sessions read it where it is.
    expect(holders(keyBody)).toEqual([]);
    expect(holders(SUDO)).toEqual([
      "superlink-install",
      "supernode-1-install",
      "supernode-2-install",
    ]);
  });

  test("a secret travels on standard input, never in the command's text", () => {
    for (const name of ["monitoring-grafana-secrets", "monitoring-alertmanager-secrets"]) {
      const { stdin, create } = byName(run, name).inputs;
      expect(isSecret(stdin)).toBe(true);
      expect(create).toBe("exec sh components/session.sh run");
    }
    expect(isSecret(byName(run, "supernode-1-install").inputs["stdin"])).toBe(true);
  });

  test("Alertmanager reads the secret URL from a file, the plain one from its configuration", () => {
    const config = byName(run, "monitoring-alertmanager-live-config").inputs["stdin"];
    expect(config).toContain("url_file: /etc/alertmanager/secrets/ops.url");
    expect(config).toContain("url: http://172.31.77.5:8080/alerts");
    const files = revealed(byName(run, "monitoring-alertmanager-secrets").inputs["stdin"]);
    expect(files).toContain("secrets/ops.url");
    expect(files).not.toContain("secrets/lab.url");
  });

  test("Grafana reads its password from a file, not from its environment", () => {
    const { envs } = byName(run, "monitoring-grafana-container").inputs;
    expect(envs).toContain(
      "GF_SECURITY_ADMIN_PASSWORD__FILE=/etc/flower-monitoring/secrets/admin-password",
    );
    expect(JSON.stringify(envs)).not.toMatch(/PASSWORD=/);
  });
});
