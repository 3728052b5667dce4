import { createHash, randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { tokenHash } from "./service-accounts";
import type { Store } from "./store";

/** Checks basic authentication against the one user there is, and tokens of service accounts. */
export class Auth {
  private readonly seen = new Map<string, boolean>();

  /**
   * `password` counts only on an empty store, as in a real Grafana: later starts keep the first one.
   */
  constructor(
    private readonly store: Store,
    private readonly user: string,
    password: string,
  ) {
    if (store.state.admin !== undefined) return;
    const salt = randomBytes(16).toString("hex");
    const admin = { salt, hash: hashOf(password, salt).toString("hex") };
    store.change((state) => (state.admin = admin));
  }

  /** True when the Authorization header is right. Takes the same time whatever is wrong with it. */
  allows(header: string | undefined): boolean {
    const token = /^Bearer (.+)$/i.exec(header ?? "")?.[1];
    if (token !== undefined) return this.knows(tokenHash(token));
    const encoded = /^Basic (.+)$/i.exec(header ?? "")?.[1] ?? "";
    const known = this.seen.get(encoded);
    if (known !== undefined) return known;
    const [, user = "", password = ""] =
      /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
    const { salt, hash } = this.store.state.admin ?? { salt: "", hash: "" };
    const rightUser = same(digest(user), digest(this.user));
    const rightPassword = same(hashOf(password, salt), Buffer.from(hash, "hex"));
    const right = rightUser && rightPassword;
    // Hashing is slow on purpose; a right answer may be kept, as it never changes while we run.
    if (right) this.seen.set(encoded, true);
    return right;
  }

  private knows(hash: string): boolean {
    const tokens = this.store.state.serviceAccounts.flatMap((account) => account.tokens);
    return tokens.some((token) => token.hash === hash);
  }
}

/** Cheaper than scrypt's default: this guards a lab, and each new connection pays it. */
const cost = { N: 4096 };
const hashOf = (text: string, salt: string): Buffer => scryptSync(text, salt, 32, cost);
/** Of one length, so that the comparison does not tell the length of what it compares. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
