import type { AgentState } from '@tenuto/contract';
import type { AuditEntry } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

export interface AgentContent {
  readonly description: string | null;
  readonly scopes: readonly string[];
  readonly webhookUrl: string | null;
  readonly status: AgentState;
}

/** Times are milliseconds since the epoch. */
export interface AgentRecord extends AgentContent {
  readonly agentId: string;
  readonly name: string;
  readonly owner: string;
  readonly protected: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
  readonly lastSeenAt: number | null;
  readonly version: number;
}

export interface NewAgent extends AgentContent {
  readonly name: string;
  readonly owner: string;
  readonly idempotency?: { readonly key: string; readonly requestHash: Uint8Array };
  /** Its subject is the agent's id, which is made with the row. */
  readonly audit: AuditEntry;
}

export interface AgentFilter {
  /** How the name begins. */
  readonly name?: string;
  readonly scope?: string;
  readonly status?: AgentState;
}

export interface AgentChange {
  readonly agentId: string;
  /** The version that the caller has read. */
  readonly version: number;
  readonly content: AgentContent;
  readonly audit: AuditEntry;
}

/** `last_admin`: nobody could administer the store any more. */
export type AgentChanged = 'changed' | 'stale' | 'last_admin';

export interface CredentialRecord {
  readonly credentialId: string;
  readonly agentId: string;
  readonly clientId: string;
  readonly name: string;
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

export interface NewCredentialRow {
  readonly agentId: string;
  readonly clientId: string;
  readonly secretHash: Uint8Array;
  readonly hint: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdBy: string;
  readonly expiresAt: number | null;
  readonly audit: AuditEntry;
}

/** An agent is reached by who made it, by administrators, and by itself. */
export interface AgentStore {
  /** `taken`: there is, or was, an agent of that name. `duplicate`: the key was used before. */
  create(agent: NewAgent): Promise<{ readonly agentId: string } | 'taken' | 'duplicate'>;
  find(access: Access, agentId: string): Promise<AgentRecord | undefined>;
  /** Whoever asks: for who has proven to be it. */
  named(name: string): Promise<AgentRecord | undefined>;
  list(access: Access, filter: AgentFilter, page: PageRequest<string>): Promise<Page<AgentRecord>>;
  change(access: Access, change: AgentChange): Promise<AgentChanged>;
  /** Deletes an agent; what it has leads nowhere any more. */
  remove(
    access: Access,
    removal: Pick<AgentChange, 'agentId' | 'version' | 'audit'>,
  ): Promise<AgentChanged>;
  addCredential(credential: NewCredentialRow): Promise<string>;
  credentials(agentId: string, page: PageRequest<string>): Promise<Page<CredentialRecord>>;
  credential(agentId: string, credentialId: string): Promise<CredentialRecord | undefined>;
  /** Revokes a credential and all tokens that it has led to. */
  revokeCredential(
    agentId: string,
    credentialId: string,
    audit: AuditEntry,
  ): Promise<'revoked' | 'missing' | 'last_admin'>;
}
