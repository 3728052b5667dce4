import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, parseStackConfig } from "../../components/config/schema";
import type { Case, Raw } from "./config-fixture";
import {
  PASSWORD,
  errorOf,
  expectFaults,
  fakeIo,
  junk,
  remove,
  parse,
  validRaw,
} from "./config-fixture";

const SET = "pulumi config set --secret flower-monitoring:";
const HOOK = "https://hooks.slack.com/services/T0/B0/0123456789abcdef";

const withHook = (value?: unknown): Case["edit"] => {
  return (raw) => {
    raw.alerting!.receivers![0]!.webhook = junk({ urlSecret: "opsHook" });
    if (value !== undefined) raw.opsHook = junk(value);
  };
};

describe("secrets", () => {
  it("a missing admin password is named with the command that sets it", () => {
    const edit: Case["edit"] = (raw) => remove(raw, "grafanaAdminPassword");
    expectFaults({ edit, secret: [] }, [
      ["grafanaAdminPassword", "got nothing", `${SET}grafanaAdminPassword`],
    ]);
  });

  it("an admin password in plain is refused and not shown", () => {
    expectFaults({ secret: [] }, [
      ["grafanaAdminPassword", "a plain text value (not shown)", `${SET}grafanaAdminPassword`],
    ]);
    expect(errorOf({ secret: [] }).message).not.toContain(PASSWORD);
  });

  it.each(["pa55", "e1even-char", `${PASSWORD}\n`, ` ${PASSWORD}`])(
    "the admin password %j is refused and not shown",
    (password) => {
      const edit: Case["edit"] = (raw) => (raw.grafanaAdminPassword = junk(password));
      expectFaults({ edit }, [["grafanaAdminPassword", "at least 12 characters"]]);
      expect(errorOf({ edit }).message).not.toContain(password);
    },
  );

  it("a secret webhook URL stays out of the config: only its name is in it", () => {
    const secret = ["grafanaAdminPassword", "opsHook"];
    const config = parse({ edit: withHook(HOOK), secret });
    expect(config.alerting.receivers).toEqual([
      { name: "ops", verify: false, webhook: { urlSecret: "opsHook" } },
    ]);
    expect(JSON.stringify(config)).not.toContain("0123456789abcdef");
    expect(JSON.stringify(config)).not.toContain(PASSWORD);
  });

  it("a webhook URL that is missing, in plain or no URL is refused and not shown", () => {
    const both = ["grafanaAdminPassword", "opsHook"];
    expectFaults({ edit: withHook() }, [["opsHook", "got nothing", `${SET}opsHook`]]);
    expectFaults({ edit: withHook(HOOK) }, [["opsHook", "plain text", "choose a new one"]]);
    expectFaults({ edit: withHook("not-a-url-at-all"), secret: both }, [["opsHook", "no URL"]]);
    for (const given of [{ edit: withHook(HOOK) }, { edit: withHook("not-a-url"), secret: both }]) {
      expect(errorOf(given).message).not.toMatch(/0123456789abcdef|not-a-url/);
    }
  });

  it("a secret that nothing uses is an unknown key", () => {
    const edit: Case["edit"] = (raw) => (raw.opsHook = junk(HOOK));
    expectFaults({ edit, secret: ["grafanaAdminPassword", "opsHook"] }, [
      ["opsHook", "an unknown key"],
    ]);
  });

  it("a secret inside a plain section is refused, and the section's values are not quoted", () => {
    const edit: Case["edit"] = (raw) => {
      raw.alerting!.receivers![0]!.webhook = junk({ url: HOOK });
      raw.alerting!.defaultReceiver = junk("nobody");
    };
    expectFaults({ edit, secret: ["grafanaAdminPassword", "alerting"] }, [
      ["alerting", "a secret value, here or deeper", "urlSecret: <name>"],
      ["alerting.receivers[0].webhook.url", "not shown"],
      ["alerting.defaultReceiver", "not shown"],
    ]);
  });

  it("a private key pasted in the place of its file is not shown", () => {
    const edit: Case["edit"] = (raw) => {
      raw.ssh!.privateKeyFile = junk("-----BEGIN OPENSSH PRIVATE KEY-----\nabcdef\n");
    };
    const { message } = errorOf({ edit });
    expect(message).toContain("ssh.privateKeyFile");
    expect(message).not.toContain("abcdef");
  });

  it("are not looked at by a tool that reads a stack file without its passphrase", () => {
    const raw = { ...validRaw(), grafanaAdminPassword: { secure: "v1:abc" } };
    expect(parseStackConfig(raw, fakeIo()).federation).toBe("demo");
  });
});

/** Values that look like parts of a config, so that junk also gets past the first check. */
const leaf = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom("10.0.0.11", "::1", "", "superlink", "5s", "ssh://a@b", "unix:///x", "a:1", "~"),
  fc.constantFrom(0, 22, 9090, -1, 1e21, true, null, undefined, "__proto__", "constructor"),
  fc.string({ unit: "binary" }),
);

/** Places of the right config, each a path to a member. */
const PLACES = places(validRaw());

function places(value: unknown): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [[]];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [[], ...entries.flatMap(([key, part]) => places(part).map((rest) => [key, ...rest]))];
}

function replaced(raw: unknown, place: (string | number)[], value: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return value;
  // An earlier edit may have put a text where there was a map.
  const inner = typeof raw === "object" && raw !== null ? raw : {};
  const copy = structuredClone(inner) as Record<string, unknown>;
  copy[key] = replaced(copy[key] ?? {}, rest, value);
  // A list parsed from YAML has null where it has nothing, never a hole.
  return Array.isArray(copy) ? Array.from(copy, (item: unknown) => item ?? null) : copy;
}

/** The report, or undefined when the config was accepted. Any other error fails the test. */
function reportOf(raw: Raw, secretKeys: string[]): string | undefined {
  try {
    parseStackConfig(raw, fakeIo(), new Set(secretKeys));
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.faults.length).toBeGreaterThan(0);
    return error.message;
  }
}

const place = fc.constantFrom(...PLACES.filter(({ length }) => length > 0));

describe("whatever is in the config", () => {
  it("a broken place ends in a ConfigError or in a config, never in another error", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(place, leaf), { minLength: 1, maxLength: 4 }), (edits) => {
        const raw = edits.reduce<unknown>(
          (all, [at, value]) => replaced(all, at, value),
          validRaw(),
        );
        reportOf(raw as Raw, ["grafanaAdminPassword"]);
      }),
      { numRuns: 1500 },
    );
  });

  it("pure junk ends in a ConfigError", () => {
    const keys = fc.oneof(fc.constantFrom(...Object.keys(validRaw())), fc.string());
    fc.assert(
      fc.property(fc.dictionary(keys, leaf, { maxKeys: 12 }), (raw) => {
        expect(reportOf(raw, ["grafanaAdminPassword", "ssh"])).toMatch(/^\d+ faults? in/);
      }),
      { numRuns: 500 },
    );
  });

  it("no report holds a secret, also where the same text stands in a plain place", () => {
    const secretText = fc.string({ minLength: 12, maxLength: 200, unit: "grapheme-ascii" });
    const wrapped = fc.tuple(place, fc.constantFrom("%", "x%y", "ssh://u:%@h", "tcp://%", "~%"));
    fc.assert(
      fc.property(secretText, fc.array(wrapped, { maxLength: 3 }), (secret, edits) => {
        fc.pre(secret.trim().length >= 12);
        const text = (form: string) => form.replace("%", () => secret);
        let raw: unknown = { ...validRaw(), grafanaAdminPassword: secret, [secret]: 1 };
        for (const [at, form] of edits) raw = replaced(raw, at, text(form));
        const keys = new Set(["grafanaAdminPassword", "opsHook"]);
        const report = reportOf({ ...(raw as Raw), opsHook: secret }, [...keys]) ?? "";
        expect(report).not.toContain(secret);
        expect(report).not.toContain(JSON.stringify(secret).slice(1, -1));
        expect(report).not.toContain(secret.trim());
      }),
      { numRuns: 1500 },
    );
  });
});
