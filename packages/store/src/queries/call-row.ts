import { createHash } from 'node:crypto';
import { CallLedgerError, type NewCall } from '@tenuto/engine';

export type CallState = 'open' | 'done' | 'unknown' | 'dropped';

/** A call without its result. */
export interface CallRow {
  readonly run_id: string;
  readonly call_id: string;
  readonly node: number;
  readonly attempt: number;
  readonly kind: 'model' | 'tool';
  readonly target: string;
  readonly state: CallState;
  readonly budgets: readonly string[];
  readonly expected_nano: string;
  readonly upper_nano: string;
  readonly cost_nano: string | null;
  readonly told: readonly number[] | null;
}

export const CALL_COLUMNS = `c.run_id, c.call_id, c.node, c.attempt, c.kind, c.target, c.state,
  c.budgets, c.expected_nano, c.upper_nano, c.cost_nano, c.told`;

/** SHA-256 over all that tells a call from another one: whatever it is made of, a key stays short. */
export function keyOf(call: NewCall): Buffer {
  const parts = [call.nodeKey, call.loop, call.step, call.tool, call.requestHash, call.kind];
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

/** The run's id and the call's, which together find its row. */
export interface CallRef {
  readonly runId: string;
  readonly callId: string;
}

export function refText({ runId, callId }: CallRef): string {
  return `${runId}.${callId}`;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const REF = new RegExp(`^(${UUID})\\.(${UUID})$`);

/** @throws CallLedgerError `missing` when it is the id of no call */
export function refOf(text: string): CallRef {
  const [, runId, callId] = REF.exec(text) ?? [];
  if (runId === undefined || callId === undefined) {
    throw new CallLedgerError('missing', `${text} is no call.`);
  }
  return { runId, callId };
}
