import { useMutation } from '@tanstack/react-query';
import type { AuditRow } from '@tenuto/contract';
import { client } from './client.ts';
import { LIVE_MS } from './live.ts';
import { usePages } from './pages.ts';

const PAGE = 100;
const EXPORT = '/api/v1/audit/export';

export type AuditQuery = Readonly<Record<string, string>>;

/** Who has changed what, the newest first. */
export function useAudit(query: AuditQuery) {
  return usePages<AuditRow>({
    key: ['audit', 'list', query],
    read: (cursor, signal) => client.audit.list({ ...query, limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

/** Reads the whole chain; only when somebody asks. */
export function useVerifyAudit() {
  return useMutation({ mutationFn: () => client.audit.verify() });
}

/** Where a browser gets the rows as a file; its cookie goes along. */
export function auditFile(query: AuditQuery, format: 'csv' | 'ndjson'): string {
  return `${EXPORT}?${new URLSearchParams({ ...query, format })}`;
}
