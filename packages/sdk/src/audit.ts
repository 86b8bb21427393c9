import type { AuditFormat, AuditRow, AuditVerdict } from '@tenuto/contract';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { auditRowShape, verdictShape } from './principal-shapes.ts';
import { type CallOptions, createReader } from './reading.ts';
import { streamText } from './stream-text.ts';
import type { TransportOptions } from './transport.ts';

export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  /** RFC 3339; `to` is not included. */
  readonly from?: string;
  readonly to?: string;
}

/** What was changed by whom. Every function throws as `createClient` says. */
export interface Audit {
  /** Newest first: one's own rows, or all for who may read the audit. */
  list(query?: AuditFilter & PageQuery, options?: CallOptions): Listing<AuditRow>;
  /** The same, oldest first, as text in pieces. */
  export(
    query?: AuditFilter & { readonly format?: AuditFormat },
    options?: CallOptions,
  ): AsyncIterable<string>;
  /**
   * Looks whether all of it is as it was sealed.
   * @param known the `head` that an earlier verdict has told: the chain must still hold it
   */
  verify(known?: string, options?: CallOptions): Promise<AuditVerdict>;
}

export function createAudit(transport: TransportOptions): Audit {
  const { read, list } = createReader(transport);
  return {
    list: (query, options) => list('/audit', auditRowShape, { ...query }, options),
    export: (query, options = {}) =>
      streamText(transport, { path: '/audit/export', query: { ...query }, ...options }),
    verify: (known, options) =>
      read('/audit/verify', verdictShape, known === undefined ? {} : { known }, options),
  };
}
