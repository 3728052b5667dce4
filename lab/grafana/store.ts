import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Json = Record<string, unknown>;

export interface Folder {
  uid: string;
  title: string;
  parentUid: string;
  version: number;
}

export interface DataSource extends Json {
  id: number;
  uid: string;
  name: string;
  type: string;
  isDefault: boolean;
  jsonData: Json;
  /** Names of the secret values that were given. The values themselves are not kept. */
  secureJsonFields: Record<string, boolean>;
}

export interface Dashboard {
  id: number;
  uid: string;
  folderUid: string;
  version: number;
  model: Json;
}

export interface AlertRule extends Json {
  uid: string;
  title: string;
  folderUID: string;
  ruleGroup: string;
}

export interface RuleGroup {
  title: string;
  folderUid: string;
  interval: number;
  rules: AlertRule[];
}

export interface ContactPoint extends Json {
  uid: string;
  name: string;
  type: string;
  settings: Json;
}

export interface ServiceAccount {
  id: number;
  name: string;
  role: string;
  /** Only hashes of the tokens are kept. */
  tokens: { name: string; hash: string }[];
}

/** Everything the stand-in keeps. */
export interface State {
  /** Salt and hash of the admin's password, set at the first start only, as in a real Grafana. */
  admin?: { salt: string; hash: string };
  nextId: number;
  serviceAccounts: ServiceAccount[];
  folders: Folder[];
  dataSources: DataSource[];
  dashboards: Dashboard[];
  ruleGroups: RuleGroup[];
  contactPoints: ContactPoint[];
  /** Undefined is Grafana's own default tree. */
  policies?: Json;
}

const empty: State = {
  nextId: 1,
  serviceAccounts: [],
  folders: [],
  dataSources: [],
  dashboards: [],
  ruleGroups: [],
  contactPoints: [],
};

/** The state in one JSON file, read once and rewritten whole by rename at each change. */
export class Store {
  readonly state: State;
  private readonly file: string;

  /** @throws when the directory cannot be written or the file is no JSON; the message names it. */
  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.file = join(directory, "grafana-stand-in.json");
    this.state = structuredClone(empty);
    try {
      Object.assign(this.state, JSON.parse(readFileSync(this.file, "utf8")) as State);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        throw new Error(`${this.file}: cannot read the kept state`, { cause: error });
      }
    }
  }

  /** Runs `change` and saves. A change that throws must not have changed anything before. */
  change<T>(change: (state: State) => T): T {
    const result = change(this.state);
    const temporary = `${this.file}.tmp`;
    writeFileSync(temporary, JSON.stringify(this.state), { mode: 0o600 });
    renameSync(temporary, this.file);
    return result;
  }

  nextId(): number {
    return this.state.nextId++;
  }
}
