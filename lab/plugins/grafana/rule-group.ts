import { setTimeout as sleep } from "node:timers/promises";
import { planDiff, refreshedInputs } from "../kit/diff";
import { compact, type Props } from "../kit/property";
import type { Operation, ResourceType } from "../kit/provider";
import { withoutOrg, type GrafanaApi } from "./api";
import { autoname, nameStays } from "../kit/autoname";
import { packRule, unpackRule, type ServerRule } from "./rule-model";
import { ruleGroupShape, type RuleGroupInputs } from "./shapes";

interface Group {
  title: string;
  folderUid: string;
  interval: number;
  rules: ServerRule[];
}

const base = "/v1/provisioning";
const groupPath = (folder: string, name: string): string =>
  `${base}/folder/${encodeURIComponent(folder)}/rule-groups/${encodeURIComponent(name)}`;

/**
 * grafana:alerting/ruleGroup:RuleGroup. As the official one, it lists all rules before each write,
 * refuses a group that exists already, and tries a refused write again for `retrySeconds`.
 */
export function ruleGroup(api: GrafanaApi, retrySeconds: number): ResourceType {
  const read = async (
    folder: string,
    name: string,
    inputs: Props,
    op: Operation,
  ): Promise<Props | undefined> => {
    const path = groupPath(folder, name);
    const found = await api.find<Group>({ method: "GET", path, name: "GetAlertRuleGroup" }, op);
    if (found === undefined) return undefined;
    const rules: object[] = [];
    let disableProvenance = true;
    for (const { uid } of found.rules) {
      // Only this call tells the provenance.
      const rulePath = `${base}/alert-rules/${encodeURIComponent(uid)}`;
      const call = { method: "GET", path: rulePath, name: "GetAlertRule" } as const;
      const rule = await api.call<ServerRule>(call, op);
      if ((rule.provenance ?? "") !== "") disableProvenance = false;
      rules.push(packRule(rule));
    }
    const { title, folderUid, interval } = found;
    const now = { name: title, folderUid, intervalSeconds: interval, rules, disableProvenance };
    return { ...inputs, ...compact({ ...now, orgId: "1" }) };
  };

  const put = async (props: Props, isNew: boolean, op: Operation): Promise<void> => {
    const inputs = props as unknown as RuleGroupInputs;
    const { name = "", folderUid } = inputs;
    const body = {
      title: name,
      folderUid,
      interval: inputs.intervalSeconds,
      rules: inputs.rules.map((rule) => unpackRule(rule, name, folderUid)),
    };
    refuseTwins(inputs.rules);
    const headers: Record<string, string> =
      inputs.disableProvenance === true ? { "X-Disable-Provenance": "disabled" } : {};
    const end = Date.now() + retrySeconds * 1000;
    for (let wait = 500; ; wait = Math.min(wait * 2, 10_000)) {
      const list = { method: "GET", path: `${base}/alert-rules`, name: "GetAlertRules" } as const;
      const all = await api.call<ServerRule[]>(list, op);
      if (isNew && all.some((r) => r.folderUID === folderUid && r.ruleGroup === name)) {
        throw new Error(`rule group with name "${name}" already exists`);
      }
      const path = groupPath(folderUid, name);
      const write = { method: "PUT", path, name: "PutAlertRuleGroup", body, headers } as const;
      try {
        await api.call(write, op);
        return;
      } catch (error) {
        if (op.signal.aborted || Date.now() + wait > end) throw error;
      }
      await sleep(wait, undefined, { signal: op.signal });
    }
  };

  return {
    inputs: ruleGroupShape,
    outputs: ["orgId"],
    normalise: autoname,
    diff: (old, wanted) => ({
      changes: planDiff(ruleGroupShape, old.state, wanted),
      deleteBeforeReplace: nameStays(old, wanted),
    }),
    async create(props, op) {
      await put(props, true, op);
      const { name = "", folderUid } = props as unknown as RuleGroupInputs;
      const state = (await read(folderUid, name, props, op)) ?? props;
      return { id: `1:${folderUid}:${name}`, state };
    },
    async update(_id, old, props, op) {
      await put(withUids(props, old), false, op);
      const { name = "", folderUid } = props as unknown as RuleGroupInputs;
      return (await read(folderUid, name, props, op)) ?? props;
    },
    async read(id, old, op) {
      const [folder, name] = splitId(id);
      const state = await read(folder, name, old.inputs, op);
      if (state === undefined) return undefined;
      return { state, inputs: refreshedInputs(ruleGroupShape, state, old.inputs) };
    },
    async delete(id, _state, op) {
      const [folder, name] = splitId(id);
      // A group that is gone already is an error, as with the official plugin.
      const path = groupPath(folder, name);
      const group = await api.call<Group>({ method: "GET", path, name: "GetAlertRuleGroup" }, op);
      for (const { uid } of group.rules) {
        const rulePath = `${base}/alert-rules/${encodeURIComponent(uid)}`;
        await api.find({ method: "DELETE", path: rulePath, name: "DeleteAlertRule" }, op);
      }
    },
  };
}

function splitId(id: string): [string, string] {
  const rest = withoutOrg(id);
  const at = rest.indexOf(":");
  return [rest.slice(0, at), rest.slice(at + 1)];
}

/** Rules without a uid keep, by place, the one they have. */
function withUids(props: Props, old: Props): Props {
  const { rules } = props as unknown as RuleGroupInputs;
  const before = (old as unknown as RuleGroupInputs).rules;
  const kept = rules.map((rule, i) => ({ ...rule, uid: rule.uid ?? before[i]?.uid }));
  return { ...props, ...compact({ rules: kept }) };
}

function refuseTwins(rules: RuleGroupInputs["rules"]): void {
  const seen = new Map<string, string>();
  for (const { uid, name } of rules) {
    if (uid === undefined) continue;
    const other = seen.get(uid);
    if (other !== undefined) {
      throw new Error(
        `rule with UID "${uid}" is defined more than once. ` +
          `Rules with name "${other}" and "${name}" have the same uid`,
      );
    }
    seen.set(uid, name);
  }
}
