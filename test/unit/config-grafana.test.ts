/** A Grafana that is there already. */
import { describe, expect, it } from "vitest";
import type { Case, Editable, Expected } from "./config-fixture";
import { expectFaults, parse, remove } from "./config-fixture";

const TOKEN = "glsa_1234567890abcdef";

/** A stack without Grafana's password, with this section and its secret. */
function given(grafana: object, secret = TOKEN): Case {
  return {
    edit: (raw) => {
      remove(raw, "grafanaAdminPassword");
      Object.assign(raw as object, { grafana, grafanaToken: secret });
    },
    secret: ["grafanaToken"],
  };
}

const right = { url: "https://grafana.example.org", authSecret: "grafanaToken" };

describe("a Grafana that is there already", () => {
  it("needs its address and a secret, and no password of an admin", () => {
    expect(parse(given(right)).grafana).toEqual({
      ...right,
      folder: { uid: "flower-monitoring", title: "Flower monitoring" },
      notificationPolicy: false,
    });
  });

  it("may have another folder, organisation and way to Prometheus, and give its policies away", () => {
    const all = {
      ...right,
      orgId: 2,
      folder: { uid: "fl", title: "Federated learning" },
      prometheusUrl: "https://metrics.example.org/prometheus",
      alertmanagerUrl: "http://10.0.0.10:9093",
      notificationPolicy: true,
    };
    expect(parse(given(all, "ops:correct-horse")).grafana).toEqual(all);
  });

  it("is none where the stack does not name one", () => {
    expect(parse().grafana).toBeUndefined();
  });

  const wrong: [claim: string, given: Case, ...faults: Expected[]][] = [
    [
      "credentials do not belong into the address",
      given({ ...right, url: "https://admin:secret@grafana.example.org" }),
      ["grafana.url", "without credentials"],
    ],
    ["a URL is needed", given({ authSecret: "grafanaToken" }), ["grafana.url", "got nothing"]],
    [
      "a uid has Grafana's own characters",
      given({ ...right, folder: { uid: "federated learning" } }),
      ["grafana.folder.uid", 'got "federated learning"', "at most 40"],
    ],
    [
      "a token belongs to one organisation",
      given({ ...right, orgId: 2 }),
      ["grafana.orgId", "got 2", "user:password"],
    ],
    [
      "an organisation has a number",
      given({ ...right, orgId: "Main" }, "ops:correct-horse"),
      ["grafana.orgId", 'got "Main"', "1 or more"],
    ],
    [
      "an unknown key gets a suggestion",
      given({ ...right, folders: { uid: "fl" } }),
      ["grafana.folders", "did you mean folder?"],
    ],
    [
      "the secret has to be there",
      {
        ...given(right),
        edit: (raw: Editable) => {
          remove(raw, "grafanaAdminPassword");
          Object.assign(raw as object, { grafana: right });
        },
      },
      ["grafanaToken", "got nothing", "a token of a service account"],
    ],
    [
      "a password of our own Grafana has no use beside it",
      {
        edit: (raw) => Object.assign(raw as object, { grafana: right, grafanaToken: TOKEN }),
        secret: ["grafanaToken", "grafanaAdminPassword"],
      },
      ["grafanaAdminPassword", "pulumi config rm"],
    ],
  ];
  it.each(wrong)("%s", (_claim, one, ...faults) => {
    expectFaults(one, faults);
  });

  it("is nothing that a stack of hosts alone has", () => {
    const edit: Case["edit"] = (raw) => {
      for (const key of ["scrapeInterval", "monitoring", "alerting", "grafanaAdminPassword"])
        remove(raw, key);
      Object.assign(raw as object, { scope: "fleet", grafana: right });
    };
    expectFaults({ edit, secret: [] }, [["grafana", "scope: core"]]);
  });
});
