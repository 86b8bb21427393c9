import type { AuditEntry } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** An API token as it is kept: never the token itself. */
export interface TokenRecord {
  readonly tokenId: string;
  /** SHA-256 of the token. */
  readonly hash: Uint8Array;
  /** The principal that the token speaks for. */
  readonly subject: string;
  readonly name: string;
  /** What it may, and of an agent's what the agent may, too. */
  readonly scopes: readonly string[];
  readonly expiresAt: number | null;
  /** Of an agent, which is active. */
  readonly agentId: string | null;
  /** A short access token. */
  readonly isAccess: boolean;
  /** Names of the teams that the principal is in. */
  readonly teams: readonly string[];
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

export interface NewApiTokenRow extends NewToken {
  readonly agentId: string | null;
  readonly expiresAt: number | null;
  readonly createdBy: string;
}

/** A token as it is shown. Times are milliseconds since the epoch. */
export interface ListedToken {
  readonly tokenId: string;
  readonly subject: string;
  readonly agentId: string | null;
  readonly name: string;
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

export interface TokenFilter {
  readonly agentId?: string;
  /** Neither revoked nor expired. */
  readonly live?: boolean;
}

/** A client credential as it is asked for at its use. */
export interface UsableCredential {
  readonly credentialId: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly secretHash: Uint8Array;
  /** What both the credential and the agent may. */
  readonly scopes: readonly string[];
}

/** Hashes of the two tokens that are given out, and how long they are good, in milliseconds. */
export interface GrantedHashes {
  readonly access: Uint8Array;
  readonly accessMs: number;
  readonly refresh: Uint8Array;
  readonly refreshMs: number;
}

export interface NewGrant extends GrantedHashes {
  readonly credentialId: string;
  readonly scopes: readonly string[];
  readonly audit: AuditEntry;
}

export interface Refresh extends GrantedHashes {
  /** SHA-256 of the refresh token that is used up. */
  readonly used: Uint8Array;
  readonly requestId: string;
}

/** `reused`: it was used before, so all that came of it is revoked now. */
export type Refreshed = { readonly scopes: readonly string[] } | 'reused' | 'unknown';

/** A session of a browser: the token it was made of, or what a JWT said. */
export interface SessionRecord {
  readonly hash: Uint8Array;
  readonly csrfHash: Uint8Array;
  readonly tokenHash: Uint8Array | null;
  readonly principal: string | null;
  readonly expiresAt: number;
}

export interface NewSession extends SessionRecord {
  readonly subject: string;
  readonly audit: AuditEntry;
}

export interface TokenStore {
  /** Tokens whose hash begins alike; the caller compares the whole hash in constant time. */
  candidates(hash: Uint8Array): Promise<readonly TokenRecord[]>;
  /** Notes that a token was let in, and that its agent was there; more than once a minute neither is written. */
  seen(token: Pick<TokenRecord, 'tokenId' | 'agentId'>): Promise<void>;
  /**
   * Creates the first token of an empty store; of many servers that start at once, one wins.
   * Asked again after a reply that was lost it answers as it did.
   * @returns whether it was created.
   */
  createFirst(token: NewToken): Promise<boolean>;
  /** Makes this the one token of its name; another one under that name is revoked. */
  preset(token: NewToken): Promise<void>;
  /** @returns its id */
  create(token: NewApiTokenRow): Promise<string>;
  /** Newest first; one's own, those of one's agents, and for administrators all. */
  list(access: Access, filter: TokenFilter, page: PageRequest<string>): Promise<Page<ListedToken>>;
  find(access: Access, tokenId: string): Promise<ListedToken | undefined>;
  /** `last_admin`: nobody could administer the store any more. */
  revoke(
    access: Access,
    tokenId: string,
    audit: AuditEntry,
  ): Promise<'revoked' | 'missing' | 'last_admin'>;
  /** A credential that is in force, of an agent that is active. */
  usable(clientId: string): Promise<UsableCredential | undefined>;
  grant(grant: NewGrant): Promise<void>;
  refresh(refresh: Refresh): Promise<Refreshed>;
  /** Revokes all that came of the credentials that led to this access or refresh token. */
  revokeFamily(hash: Uint8Array, requestId: string): Promise<boolean>;
  /** Names of the teams that a principal is in. */
  teamsOf(principal: string): Promise<readonly string[]>;
  addSession(session: NewSession): Promise<void>;
  sessions(hash: Uint8Array): Promise<readonly SessionRecord[]>;
  endSession(hash: Uint8Array, audit: AuditEntry): Promise<boolean>;
  /** Deletes what has been over for a day. */
  prune(): Promise<number>;
}
