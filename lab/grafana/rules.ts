import { invalid, missing, Refusal } from "./errors";
import { folderMissing, type Folders } from "./folders";
import { checkGroup } from "./rule-check";
import type { AlertRule, Json, RuleGroup, Store } from "./store";
import { uidOf } from "./uid";

/** What the evaluation endpoint says of every rule. */
export const notEvaluated =
  "Grafana stand-in: alert rules are checked and kept, not evaluated. Nothing here fires.";

/** /api/v1/provisioning/{alert-rules,folder/:uid/rule-groups/:group} and the evaluation state. */
export class Rules {
  constructor(
    private readonly store: Store,
    private readonly folders: Folders,
  ) {}

  list(): AlertRule[] {
    return this.store.state.ruleGroups.flatMap((group) => group.rules);
  }

  get(uid: string): AlertRule {
    const found = this.list().find((rule) => rule.uid === uid);
    if (found === undefined) throw missing("could not find alert rule");
    return found;
  }

  deleteRule(uid: string): void {
    this.store.change((state) => {
      for (const group of state.ruleGroups) {
        group.rules = group.rules.filter((rule) => rule.uid !== uid);
      }
      // A group lives only through its rules.
      state.ruleGroups = state.ruleGroups.filter((group) => group.rules.length > 0);
    });
  }

  getGroup(folderUid: string, title: string): RuleGroup {
    const found = this.store.state.ruleGroups.find(
      (group) => group.folderUid === folderUid && group.title === title,
    );
    if (found === undefined) throw missing("could not find alert rule group");
    return found;
  }

  putGroup(folderUid: string, title: string, body: Json, provenance: string): RuleGroup {
    if (!this.store.state.folders.some((f) => f.uid === folderUid)) throw folderMissing();
    const rules = (Array.isArray(body["rules"]) ? body["rules"] : []) as Json[];
    const interval = Number(body["interval"]);
    checkGroup(interval, rules, this.store.state.dataSources);
    this.checkReceivers(rules);
    const others = this.store.state.ruleGroups.filter(
      (group) => group.folderUid !== folderUid || group.title !== title,
    );
    const kept = rules.map((rule): AlertRule => ({
      ...rule,
      uid: uidOf(rule["uid"]),
      title: String(rule["title"]),
      folderUID: folderUid,
      ruleGroup: title,
      orgID: 1,
      provenance,
      updated: new Date().toISOString(),
    }));
    refuseTwins(kept, others, folderUid);
    const group: RuleGroup = { title, folderUid, interval, rules: kept };
    this.store.change((state) => (state.ruleGroups = [...others, group]));
    return group;
  }

  /** A rule with a way of its own names a contact point that there is. */
  private checkReceivers(rules: readonly Json[]): void {
    const names = this.store.state.contactPoints.map(({ name }) => name);
    for (const rule of rules as { title: string; notification_settings?: { receiver: string } }[]) {
      const receiver = rule.notification_settings?.receiver;
      if (receiver === undefined || names.includes(receiver)) continue;
      throw invalid(`invalid alert rule '${rule.title}': receiver '${receiver}' does not exist`);
    }
  }

  deleteGroup(folderUid: string, title: string): void {
    this.getGroup(folderUid, title);
    this.store.change((state) => {
      state.ruleGroups = state.ruleGroups.filter(
        (group) => group.folderUid !== folderUid || group.title !== title,
      );
    });
  }

  /** The shape of Grafana's evaluation state, with a health that no real Grafana has. */
  evaluation(): object {
    const groups = this.store.state.ruleGroups.map((group) => ({
      name: group.title,
      file: this.folders.find(group.folderUid).title,
      folderUid: group.folderUid,
      interval: group.interval,
      lastEvaluation: "0001-01-01T00:00:00Z",
      evaluationTime: 0,
      rules: group.rules.map((rule) => ({
        uid: rule.uid,
        name: rule.title,
        type: "alerting",
        state: "not-evaluated",
        health: "not-evaluated",
        lastError: notEvaluated,
        lastEvaluation: "0001-01-01T00:00:00Z",
        evaluationTime: 0,
        labels: rule["labels"] ?? {},
        annotations: rule["annotations"] ?? {},
      })),
    }));
    return { status: "success", warnings: [notEvaluated], data: { groups } };
  }
}

function refuseTwins(rules: readonly AlertRule[], others: RuleGroup[], folderUid: string): void {
  const elsewhere = others.flatMap((group) => group.rules);
  for (const rule of rules) {
    if (elsewhere.some((other) => other.uid === rule.uid)) {
      throw new Refusal(409, `a conflicting alert rule is found: rule uid ${rule.uid} is in use`);
    }
    const twins = [...elsewhere.filter((r) => r.folderUID === folderUid), ...rules];
    if (twins.some((other) => other !== rule && other.title === rule.title)) {
      throw new Refusal(
        409,
        "a conflicting alert rule is found: rule title under the same organisation and folder " +
          `should be unique: "${rule.title}"`,
      );
    }
  }
}
