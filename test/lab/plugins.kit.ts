import { Engine } from "../../lab/plugins/kit/engine";
import { Operations } from "../../lab/plugins/kit/operations";
import type { Props } from "../../lab/plugins/kit/property";
import type { Provider } from "../../lab/plugins/kit/provider";

const now = { preview: false, seconds: 0 };

/** A provider driven without an engine: what the engine would do between the calls is done here. */
export class Driven {
  readonly operations: Operations;

  private readonly configured: Promise<void>;

  constructor(provider: Provider, config: Props = {}) {
    this.operations = new Operations(provider, new Engine());
    this.configured = this.operations.configure(config);
  }

  urn(type: string, name = "thing"): string {
    return `urn:pulumi:test::project::${type}::${name}`;
  }

  /** Checks and creates; a failing check throws its reasons. */
  async create(type: string, inputs: Props): Promise<Made> {
    await this.configured;
    const urn = this.urn(type);
    const checked = this.check(type, inputs);
    const made = await this.operations.create(urn, checked, now);
    return new Made(this, urn, made.id, checked, made.state);
  }

  check(type: string, inputs: Props, old: Props = {}): Props {
    const { inputs: checked, failures } = this.operations.check(this.urn(type), old, inputs);
    if (failures.length > 0) throw new Error(failures.map((f) => f.reason).join("\n"));
    return checked;
  }
}

/** A resource and its state, as the engine would keep them. */
export class Made {
  constructor(
    private readonly driven: Driven,
    readonly urn: string,
    readonly id: string,
    public inputs: Props,
    public state: Props,
  ) {}

  /** The names of the properties that differ, those that replace with a `!`. */
  diff(inputs: Props): string[] {
    const type = this.urn.split("::")[2] ?? "";
    const wanted = this.driven.check(type, inputs, this.inputs);
    const { changes } = this.driven.operations.diff(this.urn, this, wanted);
    return Object.entries(changes).map(([name, c]) => (c.replace ? `${name}!` : name));
  }

  async update(inputs: Props): Promise<void> {
    const type = this.urn.split("::")[2] ?? "";
    const wanted = this.driven.check(type, inputs, this.inputs);
    this.state = await this.driven.operations.update(this.urn, this.id, this.state, wanted, now);
    this.inputs = wanted;
  }

  /** Reads; false when the thing is gone. */
  async refresh(): Promise<boolean> {
    const read = await this.driven.operations.read(this.urn, this.id, this, 0);
    if (read === undefined) return false;
    this.state = read.state;
    this.inputs = read.inputs;
    return true;
  }

  delete(): Promise<void> {
    return this.driven.operations.delete(this.urn, this.id, this.state, 0);
  }
}
