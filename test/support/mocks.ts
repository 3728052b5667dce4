/** Runs a Pulumi program without an engine and records what it registers, options included. */
import * as pulumi from "@pulumi/pulumi";

/** One registration as the engine would get it. */
export interface Registration {
  type: string;
  name: string;
  /** Plain values; a secret is `{ [SIGNATURE]: SECRET, value }`, see {@link secret}. */
  inputs: Record<string, unknown>;
  custom: boolean;
  /** Name of the parent; undefined below the stack itself. */
  parent: string | undefined;
  /** Name of the explicit provider; undefined for the default one. */
  provider: string | undefined;
  /** Names of the resources this one waits for, sorted. */
  dependsOn: string[];
  protect: boolean;
  retainOnDelete: boolean;
  deleteBeforeReplace: boolean;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  /** `create` of the custom timeouts, as the program wrote it; undefined without one. */
  customTimeouts: string | undefined;
}

/** Marks a secret on the wire between program and engine. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** A value as it is sent when it is secret. */
export function secret(value: unknown): Record<string, unknown> {
  return { [SIGNATURE]: SECRET, value };
}

/** Whether a recorded value was sent as a secret. */
export function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && SIGNATURE in value;
}

/** The recorded value with every secret in it opened. */
export function revealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  const map = value as Record<string, unknown>;
  if (SIGNATURE in map) return revealed(map["value"]);
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, revealed(item)]));
}

/** The recorded value with every secret in it replaced by a mark: what anybody may read. */
export function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== "object" || value === null) return value;
  const map = value as Record<string, unknown>;
  if (SIGNATURE in map) return "[secret]";
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, redacted(item)]));
}

/** What the SDK sends for a registration, as far as it is recorded here. */
interface Request {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getParent(): string;
  getProvider(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getDeletebeforereplace(): boolean;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getCustomtimeouts(): { getCreate(): string } | undefined;
}
interface Monitor {
  registerResource(request: Request, callback: unknown): Promise<void>;
}

const STACK = "pulumi:pulumi:Stack";
const REFERENCE = "pulumi:pulumi:StackReference";

/** Outputs of other stacks, by `organization/project/stack`. */
export type Stacks = Record<string, Record<string, unknown>>;

/** URNs (and provider references, `urn::id`) end in the name. */
function nameIn(reference: string): string | undefined {
  if (reference === "" || reference.includes(`${STACK}::`)) return undefined;
  return reference.split("::")[3];
}

/**
 * Runs the program to its end and returns what it registered, sorted by type and name (the order of
 * registration depends on timing).
 *
 * @param outputs what a provider would add to a resource's inputs, by type
 * @param stacks outputs of the stacks that a StackReference finds, by their full names
 * @throws what the program threw
 */
export async function record(
  program: () => unknown,
  outputs: Record<string, Record<string, unknown>> = {},
  stacks: Stacks = {},
): Promise<Registration[]> {
  const inputsOf = new Map<string, Record<string, unknown>>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const given = inputs as Record<string, unknown>;
        if (type === REFERENCE) {
          const found = stacks[String(given["name"])];
          return { id: name, state: { ...given, outputs: found, secretOutputNames: [] } };
        }
        inputsOf.set(`${type}::${name}`, given);
        return { id: `${name}-id`, state: { ...given, ...outputs[type] } };
      },
      call: ({ token }) => {
        throw new Error(`${token}: the program must not call a provider while it is evaluated`);
      },
    },
    "flower-monitoring",
    "dev",
    false,
    // What self-managed backends call it.
    "organization",
  );
  const requests: Request[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    requests.push(request);
    return register(request, callback);
  };
  // Thrown inside the stack, an error would reach the runtime as rejections that nobody handles.
  let thrown: Error | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    try {
      await program();
    } catch (error) {
      thrown = error instanceof Error ? error : new Error(String(error));
    }
  });
  await pulumi.runtime.disconnect();
  if (thrown !== undefined) throw thrown;
  return requests
    .filter((request) => request.getType() !== STACK)
    .map((request) => registration(request, inputsOf))
    .sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
}

function registration(
  request: Request,
  inputsOf: Map<string, Record<string, unknown>>,
): Registration {
  const [type, name] = [request.getType(), request.getName()];
  const names = request.getDependenciesList().map((urn) => nameIn(urn) ?? urn);
  return {
    type,
    name,
    inputs: inputsOf.get(`${type}::${name}`) ?? {},
    custom: request.getCustom(),
    parent: nameIn(request.getParent()),
    provider: nameIn(request.getProvider()),
    dependsOn: [...new Set(names)].sort(),
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    customTimeouts: request.getCustomtimeouts()?.getCreate(),
  };
}
