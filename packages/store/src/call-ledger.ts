import type { CallLedger, StrayCalls } from '@tenuto/engine';
import type pg from 'pg';
import { openPool } from './pool.ts';
import { beginCall } from './queries/call-begin.ts';
import { dropCall, finishCall } from './queries/call-finish.ts';
import { settleStrays } from './queries/call-unknown.ts';
import type { Database } from './queries/database.ts';

/** Calls of one run are written one after the other; so many runs do not wait for each other. */
const POOL_SIZE = 6;
const CONNECT_MS = 15_000;

/** The ledger, with what keeps it in order. */
export type KeptLedger = CallLedger & StrayCalls;

export type OpenCallLedger = KeptLedger & { close(): Promise<void> };

interface LedgerOptions {
  /** The engine whose attempts use it: those of runs that it has lost begin no calls. */
  readonly engineId?: string | undefined;
}

/** The ledger of paid and irreversible calls, on connections of its own. */
export function openCallLedger(
  config: pg.ClientConfig,
  options: LedgerOptions = {},
): OpenCallLedger {
  const pool = openPool({
    ...config,
    max: POOL_SIZE,
    application_name: 'tenuto-calls',
    // One that is frozen with budgets locked is cut off before those behind it give up.
    options:
      '-c statement_timeout=15s -c lock_timeout=10s ' +
      '-c idle_in_transaction_session_timeout=5s -c jit=off',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  return { ...createCallLedger(pool, options), close: () => pool.end() };
}

/** The same on connections of the caller's. */
export function createCallLedger(db: Database, { engineId }: LedgerOptions = {}): KeptLedger {
  return {
    async begin(call) {
      const begun = await beginCall({ db, engineId }, call);
      // It may be attempts that are gone that stand in the way.
      if (begun.state === 'wait' && (await settleStrays(db, call.runId)) > 0) {
        return beginCall({ db, engineId }, call);
      }
      return begun;
    },
    finish: (callId, result) => finishCall(db, callId, result),
    drop: (callId, reason) => dropCall(db, callId, reason),
    settleStrays: () => settleStrays(db),
  };
}
