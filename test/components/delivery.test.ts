/** When `pulumi up` proves receivers, and which; what the proof does is in test/rules/delivery-proof. */
import { beforeAll, describe, expect, test } from "vitest";
import { alertingExample, SECRETS } from "../support/alerting-example";
import { runProgram, type ProgramRun } from "../support/example-program";
import { isSecret, redacted, revealed } from "../support/mocks";
import { byName, changedBetween } from "../support/registrations";
import type { Editable } from "../unit/config-fixture";

const DELIVERY = "monitoring-alertmanager-delivery";

type Edit = (alerting: Record<string, unknown>, raw: Editable) => void;

/** The example stack with the alerting of docs/alerting.md, changed or not. */
function runExample(edit?: Edit, secrets: Record<string, string> = SECRETS): Promise<ProgramRun> {
  return runProgram((raw) => {
    const alerting = alertingExample();
    edit?.(alerting, raw);
    raw["alerting"] = alerting as unknown as Editable;
  }, secrets);
}

function scriptOf(run: ProgramRun): string {
  return revealed(byName(run, DELIVERY).inputs["stdin"]) as string;
}

let run: ProgramRun;
beforeAll(async () => {
  run = await runExample();
});

describe("the delivery proof", () => {
  test("proves each receiver that asks for it in all its ways, and no other", () => {
    const [, expected = ""] = /^expected='([^']*)'$/m.exec(scriptOf(run)) ?? [];
    expect(expected.split("\n")).toEqual([
      "mail email",
      "chat slack",
      "chat msteamsv2",
      "pager pagerduty",
      "pager opsgenie",
    ]);
  });

  test("waits for Alertmanager, and nothing waits for it", () => {
    expect(byName(run, DELIVERY).dependsOn).toEqual(["monitoring-alertmanager-container"]);
    const waiting = run.registrations.filter(({ dependsOn }) => dependsOn.includes(DELIVERY));
    expect(waiting).toEqual([]);
  });

  test("Alertmanager counts by receiver, which it needs", () => {
    expect(byName(run, "monitoring-alertmanager-container").inputs["command"]).toContain(
      "--enable-feature=receiver-name-in-metrics",
    );
  });

  test("holds no secret, and what was made of secrets is one", () => {
    const { stdin } = byName(run, DELIVERY).inputs;
    expect(isSecret(stdin)).toBe(true);
    for (const secret of Object.values(SECRETS)) expect(scriptOf(run)).not.toContain(secret);
  });

  test("is not there where no receiver asks for it", async () => {
    const { registrations } = await runExample((alerting) => {
      const receivers = alerting["receivers"] as { verify?: boolean }[];
      for (const receiver of receivers) delete receiver.verify;
    });
    expect(registrations.map(({ name }) => name)).not.toContain(DELIVERY);
  });
});

describe("runs", () => {
  const changed = async (edit?: Edit, secrets?: Record<string, string>): Promise<boolean> =>
    changedBetween(run, await runExample(edit, secrets)).includes(DELIVERY);

  test("not again when nothing changed, nor for a change elsewhere", async () => {
    expect(await changed()).toBe(false);
    const elsewhere: Edit = (_alerting, raw) => {
      raw["scrapeInterval"] = "30s" as unknown as Editable;
    };
    expect(await changed(elsewhere)).toBe(false);
  });

  test("again when a route, a secret or the image changed", async () => {
    expect(await changed((alerting) => void (alerting["groupWait"] = "10s"))).toBe(true);
    expect(await changed(undefined, { ...SECRETS, slackToken: "xoxb-another-one" })).toBe(true);
    const image: Edit = (_alerting, raw) => {
      const images = raw["images"] as unknown as Record<string, string>;
      images["alertmanager"] = "flower-monitoring-lab/alertmanager:v0.32.0";
    };
    expect(await changed(image)).toBe(true);
  });
});

test("no secret of the complete example is in plain in any resource", () => {
  const { registrations } = run;
  const inPlain = registrations.filter(({ inputs }) => {
    const text = JSON.stringify(redacted(inputs));
    return Object.values(SECRETS).some((secret) => text.includes(secret));
  });
  expect(inPlain.map(({ name }) => name)).toEqual([]);
  const holders = registrations.filter(({ inputs }) =>
    JSON.stringify(revealed(inputs)).includes(SECRETS.pagerdutyKey),
  );
  expect(holders.map(({ name }) => name)).toEqual(["monitoring-alertmanager-secrets"]);
});
