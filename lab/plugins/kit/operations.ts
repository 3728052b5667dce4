import type { Diff } from "./diff";
import type { Engine } from "./engine";
import { plainProps, secretLike, unknown, type Props, type Value } from "./property";
import { InitError, type Operation, type Provider, type ResourceType } from "./provider";
import { check, markSecrets, withDefaults, type Failure, type Shape } from "./schema";

/** How an operation runs: `seconds` is the custom timeout, 0 for none. */
export interface Previewed {
  preview: boolean;
  seconds: number;
}

/** What the Node SDK and the engine add to a provider's own inputs. */
const engineKeys = new Set(["version", "pluginDownloadURL", "parameterization", "__internal"]);

/** The life of a plugin's resources, free of gRPC: used by the server and driven by the tests. */
export class Operations {
  private readonly cancelled = new AbortController();

  constructor(
    private readonly provider: Provider,
    private readonly engine: Engine,
  ) {}

  /** Ends what is in flight and refuses what comes after. */
  cancel(): void {
    this.cancelled.abort(new Error("cancelled"));
  }

  checkConfig(news: Props): { inputs: Props; failures: Failure[] } {
    const own = ownConfig(plainProps(news));
    return {
      inputs: news,
      failures: check(this.provider.config, decodeConfig(this.provider.config, own)),
    };
  }

  async configure(args: Props): Promise<void> {
    const own = decodeConfig(this.provider.config, ownConfig(plainProps(args)));
    await this.provider.configure(withDefaults(this.provider.config, own));
  }

  check(urn: string, olds: Props, news: Props): { inputs: Props; failures: Failure[] } {
    const type = this.type(urn);
    const given = plainProps(news);
    const failures = check(type.inputs, given);
    const inputs = withDefaults(type.inputs, given);
    if (failures.length === 0) {
      const op = { name: nameOf(urn) };
      failures.push(...(type.normalise?.(inputs, plainProps(olds), op) ?? []));
    }
    return { inputs: markSecrets(type.inputs, likeAll(inputs, news)), failures };
  }

  diff(urn: string, old: { state: Props; inputs: Props }, news: Props): Diff {
    const plainOld = { state: plainProps(old.state), inputs: plainProps(old.inputs) };
    return this.type(urn).diff(plainOld, plainProps(news));
  }

  async create(urn: string, news: Props, how: Previewed): Promise<{ id: string; state: Props }> {
    const type = this.type(urn);
    if (how.preview) return { id: "", state: withUnknowns(type, type.outputs, news) };
    return this.secretly(type, news, () => type.create(plainProps(news), this.op(urn, how)));
  }

  async update(urn: string, id: string, old: Props, news: Props, how: Previewed): Promise<Props> {
    const type = this.type(urn);
    if (how.preview) {
      const kept = Object.fromEntries(type.outputs.map((key) => [key, old[key] ?? unknown]));
      return withUnknowns(type, type.changing ?? [], { ...kept, ...news });
    }
    const done = await this.secretly(type, news, async () => {
      if (type.update === undefined) throw new Error(`${nameOf(urn)} cannot be updated in place`);
      const state = await type.update(id, plainProps(old), plainProps(news), this.op(urn, how));
      return { id, state };
    });
    return done.state;
  }

  async read(
    urn: string,
    id: string,
    old: { state: Props; inputs: Props },
    seconds: number,
  ): Promise<{ id: string; state: Props; inputs: Props } | undefined> {
    const type = this.type(urn);
    if (type.read === undefined) return { id, ...old };
    const plainOld = { state: plainProps(old.state), inputs: plainProps(old.inputs) };
    const now = await type.read(id, plainOld, this.op(urn, { preview: false, seconds }));
    if (now === undefined) return undefined;
    return {
      id: now.id ?? id,
      state: markSecrets(type.inputs, likeAll(likeAll(now.state, old.inputs), old.state)),
      inputs: markSecrets(type.inputs, likeAll(now.inputs, old.inputs)),
    };
  }

  async delete(urn: string, id: string, state: Props, seconds: number): Promise<void> {
    const op = this.op(urn, { preview: false, seconds });
    await this.type(urn).delete(id, plainProps(state), op);
  }

  /** Runs `make` and puts the secrecy of the inputs on what it answers, also on a half-made one. */
  private async secretly(
    type: ResourceType,
    news: Props,
    make: () => Promise<{ id: string; state: Props }>,
  ): Promise<{ id: string; state: Props }> {
    const keep = (state: Props): Props => markSecrets(type.inputs, likeAll(state, news));
    try {
      const made = await make();
      return { id: made.id, state: keep(made.state) };
    } catch (error) {
      if (!(error instanceof InitError)) throw error;
      throw new InitError(error.id, keep(error.state), error.reasons);
    }
  }

  private op(urn: string, how: Previewed): Operation {
    const cancel = this.cancelled.signal;
    const signal =
      how.seconds > 0 ? AbortSignal.any([cancel, AbortSignal.timeout(how.seconds * 1000)]) : cancel;
    return { urn, name: nameOf(urn), signal, log: this.engine.logger(urn) };
  }

  private type(urn: string): ResourceType {
    const token = urn.split("::")[2]?.split("$").pop() ?? "";
    const type = this.provider.resources[token];
    if (type !== undefined) return type;
    const known = Object.keys(this.provider.resources).join(", ");
    throw new Error(
      `the ${this.provider.name} stand-in has no resource type "${token}" (it has: ${known})`,
    );
  }
}

/** The program's name for the resource: all after the third "::", which it may contain itself. */
function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function likeAll(props: Props, like: Props): Props {
  return Object.fromEntries(Object.entries(props).map(([k, v]) => [k, secretLike(v, like[k])]));
}

function withUnknowns(type: ResourceType, names: readonly string[], props: Props): Props {
  const out: Props = { ...props };
  for (const name of names) {
    if (props[name] === undefined || type.inputs[name] === undefined) out[name] = unknown;
  }
  return out;
}

function ownConfig(config: Props): Props {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !engineKeys.has(key)));
}

/** Provider inputs that are not strings travel as JSON text. */
function decodeConfig(shape: Shape, config: Props): Props {
  const decoded = Object.entries(config).map(([key, value]) => {
    const text = typeof value === "string" && value !== unknown && shape[key]?.kind !== "string";
    return [key, text ? decode(value) : value] as const;
  });
  return Object.fromEntries(decoded);
}

function decode(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}
