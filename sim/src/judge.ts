import type { Batch } from '@tenuto/engine';
import type { FlushAnswer, LaneKey } from './model/flush.ts';
import type { Request } from './model/link.ts';
import { checkUnspent, createCircuitOracle, watchProbe } from './oracles/circuits.ts';
import { watchFlush } from './oracles/commits.ts';
import { type Effect, type History, violated } from './oracles/history.ts';
import { checkLimits } from './oracles/limits.ts';
import { createOwnerOracle } from './oracles/owners.ts';
import { checkStart } from './oracles/starts.ts';
import type { Trace } from './trace.ts';

/** Shows the oracles what happens, and notes it. */
export function createJudge(
  history: History,
  { trace, leaseMs }: { readonly trace: Trace; readonly leaseMs: number },
) {
  const ownership = createOwnerOracle(history, leaseMs);
  const circuits = createCircuitOracle(history);
  return {
    listen: circuits.listen,
    watch(request: Request) {
      const { lane, batch } = request;
      const flushed = lane && batch && watchFlush(history, { lane, batch });
      const probed = watchProbe(history, request);
      return (result: unknown) => {
        if (lane && batch) trace.note(flushLine(lane, batch, result as FlushAnswer));
        else noteCall(trace, request, result);
        flushed?.(result as FlushAnswer);
        if (batch !== undefined && isCommitted(result as FlushAnswer)) checkUnspent(history, batch);
        probed?.(result);
        hear(history, request, result);
        ownership(request, result);
      };
    },
    refused({ batch }: Request, fault: Error) {
      trace.note(`refused: ${fault.message}`);
      if (fault.message.startsWith('duplicate')) {
        violated(history, 'rows are written once', `${fault.message} in batch ${batch?.seq}`);
      }
    },
    began(effect: Effect, slots: number) {
      const { nodeId, attempt, runId, host } = effect;
      trace.note(`${host} starts ${nodeId} attempt ${attempt} of ${runId}`);
      checkStart(history, effect);
      checkLimits(history, effect, slots);
      circuits.began(effect);
    },
  };
}

function isCommitted({ outcome, copy }: FlushAnswer): boolean {
  return outcome === 'committed' && copy !== true;
}

/** What clients have told runs, as the database has it. */
function hear(history: History, { message }: Request, result: unknown): void {
  if (message === undefined) return;
  if (result === 'told') history.told.push(message);
  if (result !== 'reopened') return;
  history.reopened.add(message.runId);
  history.cancelled.delete(message.runId);
  history.pausedAt.delete(message.runId);
}

const NOTED = new Set([
  ...['register', 'takeOver', 'retire', 'cancel', 'requestCancel'],
  ...['tell', 'hold', 'reopen', 'decide'],
]);

function noteCall(trace: Trace, { verb, fence, message }: Request, result: unknown): void {
  const claimed = verb === 'claim' && Array.isArray(result) && result.length > 0;
  if (!claimed && !NOTED.has(verb)) return;
  const whom = fence?.slice(0, 4) ?? (message && `${message.type} to ${tail(message.runId)}`) ?? '';
  trace.note(`${verb} ${whom} -> ${JSON.stringify(result)}`);
}

function flushLine(lane: LaneKey, batch: Batch, { copy, outcome }: FlushAnswer): string {
  const { submits, started, updates, consumed, asides } = batch;
  const parts = [
    ...counted('submits', submits),
    ...batch.attempts.map((row) => {
      const next = row.recovery === undefined ? '' : ' and a recovery';
      return `${row.node}/${row.attempt} of ${tail(row.runId.text)} ${row.status}${next}`;
    }),
    ...batch.events.map(({ runId, type }) => `${type} of ${tail(runId.text)}`),
    ...counted('started', started),
    ...updates.map(({ kind, runId }) => `${kind} of ${tail(runId.text)}`),
    ...counted('consumed', consumed),
    ...counted('asides', asides),
    `${batch.starts.length / 22} starts`,
  ];
  const who = `${lane.engineId.slice(0, 4)}/${lane.lane}/${lane.epoch}`;
  return `flush ${who} ${batch.seq}: ${parts.join(', ')} -> ${copy ? 'copy' : outcome}`;
}

function counted(what: string, rows: readonly unknown[]): string[] {
  return rows.length === 0 ? [] : [`${rows.length} ${what}`];
}

/** The end of an id, which tells the runs of a simulation apart. */
const tail = (runId: string) => runId.slice(-4);
