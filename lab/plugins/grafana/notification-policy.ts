import { planDiff, refreshedInputs } from "../kit/diff";
import { compact, without, type Props } from "../kit/property";
import type { Operation, ResourceType } from "../kit/provider";
import type { GrafanaApi, Lock } from "./api";
import { retryWhile } from "./retry";
import {
  notificationPolicyShape,
  type NotificationPolicyInputs,
  type PolicyInputs,
} from "./shapes";

interface Route {
  receiver?: string;
  group_by?: string[];
  group_wait?: string;
  group_interval?: string;
  repeat_interval?: string;
  continue?: boolean;
  object_matchers?: [string, string, string][];
  mute_time_intervals?: string[];
  routes?: Route[];
  provenance?: string;
}

const path = "/v1/provisioning/policies";

/** grafana:alerting/notificationPolicy:NotificationPolicy: one per organisation, written as a whole. */
export function notificationPolicy(api: GrafanaApi, lock: Lock): ResourceType {
  const read = async (inputs: Props, op: Operation): Promise<Props> => {
    const tree = await api.call<Route>({ method: "GET", path, name: "GetPolicyTree" }, op);
    // The answer is the whole tree: what it does not say is not there any more.
    const kept = without(inputs, ...Object.keys(notificationPolicyShape));
    const disableProvenance = (tree.provenance ?? "") === "";
    return { ...kept, ...compact({ ...pack(tree), disableProvenance, orgId: "1" }) };
  };
  const put = async (props: Props, op: Operation): Promise<Props> => {
    const inputs = props as unknown as NotificationPolicyInputs;
    const headers: Record<string, string> =
      inputs.disableProvenance === true ? { "X-Disable-Provenance": "disabled" } : {};
    const body = { ...unpack(inputs) };
    const call = { method: "PUT", path, name: "PutPolicyTree", body, headers } as const;
    await retryWhile([500, 404, 409], op, () => api.call(call, op));
    return read(props, op);
  };
  return {
    inputs: notificationPolicyShape,
    outputs: ["orgId"],
    diff: (old, wanted) => ({
      changes: planDiff(notificationPolicyShape, old.state, wanted),
      deleteBeforeReplace: false,
    }),
    create: (props, op) => lock.run(async () => ({ id: "1:policy", state: await put(props, op) })),
    update: (_id, _old, props, op) => lock.run(() => put(props, op)),
    async read(_id, old, op) {
      const state = await read(old.inputs, op);
      return { state, inputs: refreshedInputs(notificationPolicyShape, state, old.inputs) };
    },
    delete: (_id, _state, op) =>
      lock.run(async () => {
        const call = { method: "DELETE", path, name: "ResetPolicyTree" } as const;
        await retryWhile([409], op, () => api.call(call, op));
      }),
  };
}

function unpack(policy: PolicyInputs): Route {
  return {
    receiver: policy.contactPoint,
    group_by: policy.groupBies,
    group_wait: policy.groupWait,
    group_interval: policy.groupInterval,
    repeat_interval: policy.repeatInterval,
    continue: policy.continue,
    object_matchers: policy.matchers?.map(({ label, match, value }) => [label, match, value]),
    mute_time_intervals: policy.muteTimings,
    routes: policy.policies?.map(unpack),
  };
}

function pack(route: Route): PolicyInputs {
  const matchers = route.object_matchers ?? [];
  const routes = route.routes ?? [];
  return {
    contactPoint: route.receiver,
    groupBies: route.group_by,
    groupWait: route.group_wait,
    groupInterval: route.group_interval,
    repeatInterval: route.repeat_interval,
    continue: route.continue,
    muteTimings: route.mute_time_intervals,
    ...(matchers.length > 0
      ? { matchers: matchers.map(([label, match, value]) => ({ label, match, value })) }
      : {}),
    ...(routes.length > 0 ? { policies: routes.map(pack) } : {}),
  };
}
