import { compact } from "../kit/property";
import { goDuration, seconds } from "./duration";
import { normalModel } from "./json-text";
import type { RuleInputs } from "./shapes";

interface ServerQuery {
  refId: string;
  queryType?: string;
  datasourceUid: string;
  relativeTimeRange: { from: number; to: number };
  model: unknown;
}

interface ServerSettings {
  receiver: string;
  group_by?: string[];
  group_wait?: string;
  group_interval?: string;
  repeat_interval?: string;
  mute_time_intervals?: string[];
}

/** An alert rule in the provisioning API. */
export interface ServerRule {
  uid: string;
  title: string;
  folderUID: string;
  ruleGroup: string;
  condition: string;
  data: ServerQuery[];
  for: string;
  keep_firing_for?: string;
  missingSeriesEvalsToResolve?: number;
  noDataState: string;
  execErrState: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  isPaused?: boolean;
  notification_settings?: ServerSettings | null;
  provenance?: string;
}

/** What the server gets for a rule of the program. */
export function unpackRule(rule: RuleInputs, group: string, folder: string): object {
  if (rule.condition === undefined || rule.condition === "") {
    throw new Error(`rule "${rule.name}": "condition" is required`);
  }
  const settings = rule.notificationSettings;
  return {
    uid: rule.uid ?? "",
    title: rule.name,
    folderUID: folder,
    ruleGroup: group,
    orgID: 1,
    condition: rule.condition,
    data: rule.datas.map((query) => ({
      refId: query.refId,
      queryType: query.queryType ?? "",
      datasourceUid: query.datasourceUid,
      relativeTimeRange: query.relativeTimeRange,
      model: JSON.parse(query.model) as unknown,
    })),
    for: goDuration(rule.for ?? "0s"),
    keep_firing_for: rule.keepFiringFor === undefined ? undefined : goDuration(rule.keepFiringFor),
    missingSeriesEvalsToResolve: rule.missingSeriesEvalsToResolve,
    noDataState: rule.noDataState ?? "NoData",
    execErrState: rule.execErrState ?? "Alerting",
    labels: rule.labels ?? {},
    annotations: rule.annotations ?? {},
    isPaused: rule.isPaused === true,
    notification_settings: settings && {
      receiver: settings.contactPoint,
      group_by: settings.groupBies,
      group_wait: settings.groupWait,
      group_interval: settings.groupInterval,
      repeat_interval: settings.repeatInterval,
      mute_time_intervals: settings.muteTimings,
    },
  };
}

/** A rule of the server as the program would write it. */
export function packRule(rule: ServerRule): object {
  const settings = rule.notification_settings;
  return compact({
    uid: rule.uid,
    name: rule.title,
    condition: rule.condition,
    datas: rule.data.map((query) => ({
      refId: query.refId,
      queryType: query.queryType ?? "",
      datasourceUid: query.datasourceUid,
      relativeTimeRange: query.relativeTimeRange,
      model: normalModel(JSON.stringify(query.model)),
    })),
    for: rule.for,
    ...(seconds(rule.keep_firing_for ?? "") === 0 ? {} : { keepFiringFor: rule.keep_firing_for }),
    missingSeriesEvalsToResolve: rule.missingSeriesEvalsToResolve,
    noDataState: rule.noDataState,
    execErrState: rule.execErrState,
    labels: rule.labels ?? {},
    annotations: rule.annotations ?? {},
    isPaused: rule.isPaused === true,
    notificationSettings: settings && {
      contactPoint: settings.receiver,
      groupBies: settings.group_by,
      groupWait: settings.group_wait,
      groupInterval: settings.group_interval,
      repeatInterval: settings.repeat_interval,
      muteTimings: settings.mute_time_intervals,
    },
  });
}
