import type { Value } from "../kit/property";
import { bool, list, map, num, obj, required, str, type InputsOf } from "../kit/schema";
import { parseDuration } from "./duration";

const replace = { forceNew: true } as const;
const set = { set: true, forceNew: true } as const;
const duration = {
  default: "0s",
  valid: (value: Value): string | undefined =>
    typeof value === "string" && parseDuration(value) !== undefined
      ? undefined
      : "must be a duration such as 30s or 1m30s.",
};
/** The image's own value stands when the program says nothing, or "". */
const emptyIsUnset = {
  same: (_old: Value, wanted: Value): boolean => wanted === "" || wanted === null,
};
const atLeast = (least: number) => ({
  valid: (value: Value): string | undefined =>
    typeof value === "number" && value >= least ? undefined : `must be at least ${least}.`,
});

const labels = list(obj({ label: required(str()), value: required(str()) }), set);

export const networkShape = {
  name: str(replace),
  driver: str({ ...replace, computed: true }),
  labels,
  internal: bool({ ...replace, computed: true }),
  attachable: bool(replace),
  ipv6: bool(replace),
  options: map(str(), { ...replace, computed: true }),
  ipamDriver: str({ ...replace, default: "default" }),
  ipamConfigs: list(
    obj({ subnet: str(), ipRange: str(), gateway: str(), auxAddress: map(str()) }),
    { ...set, computed: true },
  ),
};
export type NetworkInputs = InputsOf<typeof networkShape>;

export const volumeShape = {
  name: str({ ...replace, computed: true }),
  driver: str({ ...replace, computed: true }),
  driverOpts: map(str(), replace),
  labels,
};
export type VolumeInputs = InputsOf<typeof volumeShape>;

export const imageShape = {
  name: required(str(replace)),
  keepLocally: bool(),
  forceRemove: bool(),
  platform: str(replace),
  pullTriggers: list(str(), set),
  triggers: map(str(), replace),
};
export type ImageInputs = InputsOf<typeof imageShape>;

const mount = obj({
  target: required(str()),
  source: str(),
  type: required(str({ oneOf: ["bind", "volume", "tmpfs"] })),
  readOnly: bool(),
  bindOptions: obj({ propagation: str() }),
  tmpfsOptions: obj({ sizeBytes: num(), mode: num() }),
});

const healthcheck = obj({
  tests: list(str()),
  interval: str(duration),
  timeout: str(duration),
  startPeriod: str(duration),
  startInterval: str(duration),
  retries: num({ default: 0, ...atLeast(0) }),
});

/**
 * docker:index/container:Container, what a hardened service needs of it. Which change replaces,
 * which default counts and what Docker fills in is the official plugin's (upstream 4.5.0).
 */
export const containerShape = {
  name: str(replace),
  image: required(str(replace)),
  command: list(str(), { ...replace, computed: true }),
  entrypoints: list(str(), { ...replace, computed: true }),
  user: str({ ...replace, ...emptyIsUnset }),
  workingDir: str({ ...replace, ...emptyIsUnset }),
  hostname: str({ ...replace, computed: true }),
  domainname: str(replace),
  envs: list(str(), { ...set, computed: true }),
  labels: list(obj({ label: required(str()), value: required(str()) }), {
    ...set,
    computed: true,
  }),
  ports: list(
    obj({
      internal: required(num()),
      external: num(),
      ip: str({ default: "0.0.0.0" }),
      protocol: str({ default: "tcp" }),
    }),
    set,
  ),
  volumes: list(
    obj({
      volumeName: str(),
      hostPath: str(),
      containerPath: str(),
      readOnly: bool(),
      fromContainer: str(),
    }),
    set,
  ),
  mounts: list(mount, set),
  tmpfs: map(str()),
  uploads: list(
    obj({
      file: required(str()),
      content: str(),
      contentBase64: str(),
      executable: bool(),
      permissions: str(),
      source: str(),
      sourceHash: str(),
    }),
    set,
  ),
  networkMode: str({ ...replace, default: "bridge" }),
  networksAdvanced: list(
    obj({ name: required(str()), aliases: list(str(), { set: true }), ipv4Address: str() }),
    set,
  ),
  hosts: list(obj({ host: required(str()), ip: required(str()) }), set),
  dns: list(str(), set),
  restart: str({ default: "no", oneOf: ["no", "on-failure", "always", "unless-stopped"] }),
  maxRetryCount: num(),
  start: bool({ default: true }),
  mustRun: bool({ default: true }),
  rm: bool({ default: false }),
  wait: bool({ default: false }),
  waitTimeout: num({ default: 60 }),
  healthcheck: { ...healthcheck, computed: true as const },
  readOnly: bool({ ...replace, default: false }),
  privileged: bool(replace),
  capabilities: obj(
    { adds: list(str(), { set: true }), drops: list(str(), { set: true }) },
    // Upstream it is a set of one.
    set,
  ),
  securityOpts: list(str(), { ...set, computed: true }),
  devices: list(
    obj({
      hostPath: required(str()),
      containerPath: str(),
      permissions: str({ default: "rwm" }),
    }),
    set,
  ),
  groupAdds: list(str(), set),
  sysctls: map(str(), replace),
  ulimits: list(obj({ name: required(str()), soft: required(num()), hard: required(num()) }), set),
  memory: num(atLeast(0)),
  memoryReservation: num({ default: 0, ...atLeast(0) }),
  memorySwap: num(atLeast(-1)),
  cpus: str(replace),
  cpuShares: num(atLeast(0)),
  cpuSet: str(),
  shmSize: num({ ...replace, computed: true, ...atLeast(0) }),
  logDriver: str({ ...replace, computed: true }),
  logOpts: map(str(), replace),
  usernsMode: str(replace),
  pidMode: str(replace),
  ipcMode: str({ ...replace, computed: true }),
  cgroupnsMode: str(replace),
  init: bool({ computed: true }),
  stopSignal: str({ ...replace, computed: true }),
  stopTimeout: num({ ...replace, computed: true }),
  destroyGraceSeconds: num(),
  removeVolumes: bool({ default: true }),
};
export type ContainerInputs = InputsOf<typeof containerShape>;
