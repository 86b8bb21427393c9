import type { Tables } from './tables.ts';

/** The audit row of a change that an API statement makes. */
export function audit(
  tables: Tables,
  { at, ...entry }: { actor: string; action: string; subject: string; at: number },
): void {
  tables.audits.push({ id: new Uint8Array(16), at, entry: { ...entry, details: {} } });
}
