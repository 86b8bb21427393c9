import { StoreFault } from '@tenuto/engine';
import pg from 'pg';

/**
 * SQLSTATEs after which the same statement may succeed: connection (08), resources (53), operator
 * intervention (57), system (58), serialisation and deadlock (40), lock timeout (55P03).
 */
const TRANSIENT = /^(08|53|57|58|40|55P03|25006)/;

/** What a failure of `pg` means to the engine. Without an SQLSTATE the connection is at fault. */
export function faultOf(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isSqlState = /^[0-9A-Z]{5}$/.test(code);
  const kind = isSqlState && !TRANSIENT.test(code) ? 'rejected' : 'unavailable';
  return new StoreFault(kind, message, error);
}

/** Whether the connection is as good as before: the server answered, and goes on listening. */
export function isAnswer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
}
