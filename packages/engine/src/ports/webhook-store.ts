import type { WebhookState, WebhookVerification } from '@tenuto/contract';
import type { AuditEntry } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** An address that others post to. Times in milliseconds since the epoch. */
export interface WebhookRecord {
  readonly webhookId: string;
  readonly owner: string;
  readonly name: string;
  readonly topic: string;
  readonly verify: WebhookVerification;
  /** Sealed; null for `none`, which has none. */
  readonly secret: Uint8Array | null;
  /** The random id of its address, sealed. */
  readonly hook: Uint8Array;
  readonly state: WebhookState;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly version: number;
}

export interface NewWebhook
  extends Pick<
    WebhookRecord,
    'webhookId' | 'owner' | 'name' | 'topic' | 'verify' | 'secret' | 'hook' | 'state'
  > {
  /** SHA-256 of the random id. */
  readonly hookHash: Uint8Array;
  readonly idempotency?: { readonly key: string; readonly requestHash: Uint8Array };
  readonly audit: AuditEntry;
}

export interface WebhookChange
  extends Pick<WebhookRecord, 'webhookId' | 'name' | 'topic' | 'verify' | 'secret' | 'state'> {
  /** The version that is changed. */
  readonly version: number;
  readonly audit: AuditEntry;
}

/** What the API asks of the store about inbound webhooks; throws as {@link JobStore} does. */
export interface WebhookStore {
  /** `taken`: the owner has one of that name. `duplicate`: the key was used before. */
  create(webhook: NewWebhook): Promise<'created' | 'taken' | 'duplicate'>;
  find(access: Access, webhookId: string): Promise<WebhookRecord | undefined>;
  /** Newest first. */
  list(access: Access, page: PageRequest<string>): Promise<Page<WebhookRecord>>;
  change(access: Access, change: WebhookChange): Promise<'changed' | 'taken' | 'stale'>;
  /** @returns whether it was there, in that version when one is given */
  remove(
    access: Access,
    removal: { readonly webhookId: string; readonly version?: number; readonly audit: AuditEntry },
  ): Promise<boolean>;
  /** The one that an address leads to, whoever owns it, by the hash of the address. */
  at(hookHash: Uint8Array): Promise<WebhookRecord | undefined>;
}
