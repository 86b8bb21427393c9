import type { AuditEntry } from './engine-api.ts';

/** An API token as it is kept: never the token itself. */
export interface TokenRecord {
  readonly tokenId: string;
  /** SHA-256 of the token. */
  readonly hash: Uint8Array;
  /** The principal that the token speaks for. */
  readonly subject: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number | null;
}

export interface NewToken {
  readonly hash: Uint8Array;
  /** A few characters by which a person knows the token again. */
  readonly hint: string;
  readonly subject: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly audit: AuditEntry;
}

export interface TokenStore {
  /** Tokens whose hash begins alike; the caller compares the whole hash in constant time. */
  candidates(hash: Uint8Array): Promise<readonly TokenRecord[]>;
  /**
   * Creates the first token of an empty store; of many servers that start at once, one wins.
   * @returns whether it was created.
   */
  createFirst(token: NewToken): Promise<boolean>;
  /** Makes this the one token of its name; another one under that name is revoked. */
  preset(token: NewToken): Promise<void>;
}
