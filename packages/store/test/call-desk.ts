/** A desk with the ledger of calls, and calls of tests with nothing in them but what the test says. */
import { createHash } from 'node:crypto';
import type { Begun, CallLedger, CallResult, NewCall, RunBudgets } from '@tenuto/engine';
import pg from 'pg';
import { createCallLedger, type KeptLedger } from '../src/call-ledger.ts';
import { type ApiDesk, openApiDesk } from './api-desk.ts';
import { attemptRow, submission } from './rows.ts';

export interface CallDesk extends ApiDesk {
  readonly ledger: KeptLedger;
  readonly db: pg.Pool;
  /** The ledger as an engine uses it. */
  ledgerOf(engineId: string): CallLedger;
  /** A run that may spend so much. */
  spending(budgets?: RunBudgets, owner?: string): Promise<string>;
  /** What budgets of a scope have spent, and what is reserved in them, in nano-USD. */
  budget(
    scope: string,
    runId?: string,
  ): Promise<{ spent: number; expected: number; upper: number; calls: number }>;
  calls(runId: string): Promise<Record<string, unknown>[]>;
  /** Ends an attempt of the run's only node, as its engine. */
  endAttempt(runId: string, attempt: number): Promise<void>;
}

export async function openCallDesk(): Promise<CallDesk> {
  const desk = await openApiDesk();
  const pool = new pg.Pool({ ...desk.connection, max: 8 });
  pool.on('error', () => undefined);
  const runs = new Map<string, Awaited<ReturnType<ApiDesk['running']>>>();
  return {
    ...desk,
    ledger: createCallLedger(pool),
    db: pool,
    ledgerOf: (engineId) => createCallLedger(pool, { engineId }),
    async spending(budgets, owner = 'ann') {
      const { input } = submission();
      const given = budgets === undefined ? input : { ...input, budgets };
      const run = await desk.running({ submission: { owner, input: given } });
      runs.set(run.runId, run);
      return run.runId;
    },
    async budget(scope, runId) {
      const row = await desk.one<{ spent: string; expected: string; upper: string; calls: string }>(
        `select coalesce(sum(b.spent_nano), 0) as spent, coalesce(sum(r.expected), 0) as expected,
           coalesce(sum(r.upper), 0) as upper, coalesce(sum(r.calls), 0) as calls
         from budgets b left join lateral (
           select sum(r.expected_nano) as expected, sum(r.upper_nano) as upper, count(*) as calls
           from reservations r where r.budget_key = b.budget_key) r on true
         where b.scope = $1 and ($2::uuid is null or b.run_id = $2)`,
        scope,
        runId ?? null,
      );
      const { spent, expected, upper, calls } = row;
      return {
        ...{ spent: Number(spent), expected: Number(expected) },
        ...{ upper: Number(upper), calls: Number(calls) },
      };
    },
    calls: (runId) => desk.ask('select * from calls where run_id = $1 order by call_id', [runId]),
    async endAttempt(runId, attempt) {
      const run = runs.get(runId);
      if (run === undefined) throw new Error(`${runId} is not of this desk`);
      await desk.flush({ attempts: [attemptRow(run.id, { attempt, seq: attempt })] });
    },
    async close() {
      await pool.end();
      await desk.close();
    },
  };
}

export function callOf(runId: string, over: Partial<NewCall> = {}): NewCall {
  return {
    ...{ runId, nodeKey: `${runId}/only/0`, loop: 'main', step: 0, tool: '' },
    ...{ node: 0, nodeId: 'only', attempt: 1, owner: 'ann', agent: 'writer' },
    ...{ target: 'scripted/demo', kind: 'model', requestHash: hashOf('hello') },
    estimate: { inputBytes: 4_000, maxOutputTokens: 1_000 },
    ...over,
  };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function resultOf(over: Partial<CallResult> = {}): CallResult {
  return {
    result: { text: 'an answer' },
    usage: { input: 1_000, output: 500, cached: 0, reasoning: 0 },
    ...{ startedAt: Date.now() - 10, endedAt: Date.now() },
    ...over,
  };
}

/** The id of a call that has begun. */
export function begunId(begun: Begun): string {
  if (begun.state !== 'begun') throw new Error(`it has not begun: ${begun.state}`);
  return begun.callId;
}
