/** Calls of models that tests let runs make, without any model. */
import { createHash, randomUUID } from 'node:crypto';
import type { NewCall, RunBudgets, TokenUsage } from '@tenuto/engine';
import { createCallLedger, makePartitions } from '@tenuto/store';
import { addLive, type RunRow } from './rows.ts';
import type { TestApi } from './server.ts';

const INPUT = { params: {}, maxConcurrentNodes: 10, failFast: false, timeoutMs: 60_000 };

/** A run that goes on and has a budget. */
export async function aSpendingRun(
  { pool }: TestApi,
  budgets: RunBudgets = {},
  row: RunRow = {},
): Promise<string> {
  await makePartitions(pool);
  const startedAt = Date.now();
  return addLive(pool, {
    ...{ status: 'running', engine: randomUUID(), startedAt, input: { ...INPUT, budgets } },
    ...row,
  });
}

export interface MadeCall {
  readonly usage?: Partial<TokenUsage>;
  readonly target?: string;
  readonly phase?: string;
  readonly agent?: string;
  readonly owner?: string;
}

let made = 0;

export function aCall(runId: string, of: MadeCall = {}): NewCall {
  made += 1;
  const { target = 'scripted/demo', agent = 'writer', owner = 'admin', phase } = of;
  return {
    ...{ runId, nodeKey: `${runId}/a/0`, loop: 'main', step: made, tool: '', node: 0, nodeId: 'a' },
    ...{ attempt: 1, owner, agent, target, kind: 'model' },
    requestHash: createHash('sha256').update(String(made)).digest('hex'),
    estimate: { inputBytes: 400, maxOutputTokens: 100 },
    ...(phase !== undefined && { phase }),
  };
}

/** Begins a call and ends it with what was used. @returns what it cost in nano-USD */
export async function makeCall({ pool }: TestApi, runId: string, of: MadeCall = {}) {
  const ledger = createCallLedger(pool);
  const begun = await ledger.begin(aCall(runId, of));
  if (begun.state !== 'begun') throw new Error(`it has not begun: ${begun.state}`);
  const usage = { input: 0, output: 0, cached: 0, reasoning: 0, ...of.usage };
  const at = Date.now();
  const result = { result: 'ok', usage, startedAt: at - 250, endedAt: at };
  return (await ledger.finish(begun.callId, result)).costNanoUsd;
}
