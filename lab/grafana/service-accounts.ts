import { createHash, randomBytes } from "node:crypto";
import { missing } from "./errors";
import type { Json, ServiceAccount, Store } from "./store";

/** /api/serviceaccounts: accounts of programs, each with tokens that count as a login. */
export class ServiceAccounts {
  constructor(private readonly store: Store) {}

  create({ name, role }: Json): object {
    const account: ServiceAccount = {
      id: this.store.nextId(),
      name: String(name),
      role: typeof role === "string" ? role : "Viewer",
      tokens: [],
    };
    this.store.change((state) => state.serviceAccounts.push(account));
    return { id: account.id, name: account.name, login: `sa-${account.name}`, role: account.role };
  }

  /** The only answer that has the token itself. */
  addToken(id: string, { name }: Json): object {
    const account = this.store.state.serviceAccounts.find((one) => String(one.id) === id);
    if (account === undefined) throw missing("service account not found");
    const key = `glsa_${randomBytes(16).toString("hex")}_${randomBytes(4).toString("hex")}`;
    this.store.change(() => account.tokens.push({ name: String(name), hash: tokenHash(key) }));
    return { id: this.store.nextId(), name: String(name), key };
  }
}

/** A token is random enough for a plain hash. */
export function tokenHash(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
