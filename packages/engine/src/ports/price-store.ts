import type { ModelPrice } from '../governance/price.ts';
import type { AuditEntry, Idempotency } from './engine-api.ts';
import type { Page, PageRequest } from './job-store.ts';

/** A row of the price table. Times in milliseconds since the epoch. */
export interface PriceRecord extends ModelPrice {
  readonly priceId: string;
  /** Null: it comes with Tenuto. */
  readonly updatedAt: number | null;
  readonly updatedBy: string | null;
  readonly version: number;
}

/** What a row says; `effectiveFrom` is now if absent. */
export type PriceContent = Omit<ModelPrice, 'shipped' | 'effectiveFrom'> & {
  readonly effectiveFrom?: number;
};

export interface NewPrice {
  readonly owner: string;
  readonly content: PriceContent;
  readonly idempotency?: Idempotency;
  /** Its subject is the row's id, which is made with the row. */
  readonly audit: AuditEntry;
}

export interface PriceChange {
  readonly priceId: string;
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  readonly audit: AuditEntry;
}

/** Where a page of prices goes on. */
export interface PriceKey {
  readonly model: string;
  readonly effectiveFrom: number;
  readonly priceId: string;
}

/** What the API asks of the store about prices; throws as {@link JobStore} does. */
export interface PriceStore {
  /** `taken`: there is a row of the same pattern from the same time on. */
  create(price: NewPrice): Promise<{ readonly priceId: string } | 'taken' | 'duplicate'>;
  find(priceId: string): Promise<PriceRecord | undefined>;
  /** By pattern, the latest first; stored rows and those that come with Tenuto. */
  list(
    filter: { readonly shipped?: boolean },
    page: PageRequest<PriceKey>,
  ): Promise<Page<PriceRecord>>;
  /** The rows that a model matches, the one that is in force first. */
  matching(model: string, at: number): Promise<readonly PriceRecord[]>;
  change(
    change: PriceChange & { readonly content: PriceContent },
  ): Promise<'changed' | 'taken' | 'stale' | 'missing'>;
  remove(change: PriceChange): Promise<'removed' | 'stale' | 'missing'>;
  /** Those of the models that have no price at this moment. */
  unpriced(models: readonly string[]): Promise<readonly string[]>;
}
