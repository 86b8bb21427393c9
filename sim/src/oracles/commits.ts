import type { Batch } from '@tenuto/engine';
import type { FlushAnswer, LaneKey } from '../model/flush.ts';
import { unpackStarts } from '../model/tables.ts';
import { type History, startKey, violated } from './history.ts';
import { checkRounds } from './rounds.ts';

/** Judges what a flush writes. Called right before its commit; the result is called after it. */
export function watchFlush(
  history: History,
  { lane, batch }: { readonly lane: LaneKey; readonly batch: Batch },
): (result: FlushAnswer) => void {
  const strangers = strangersIn(history, lane, batch);
  const cancels = cancelsIn(history, batch);
  return (result) => {
    if (result.copy === true || result.outcome !== 'committed') return;
    const [stranger] = strangers.filter((runId) => !result.duplicates.includes(runId));
    if (stranger !== undefined) {
      violated(history, 'only the owner writes', `${lane.engineId} wrote rows of ${stranger}`);
    }
    history.commits += 1;
    for (const { runId, node, attempt } of unpackStarts(batch.starts)) {
      history.durableStarts.set(startKey(runId, node, attempt), history.commits);
    }
    for (const { runId, type } of batch.events) {
      if (type === 'pause') history.pausedAt.set(runId.text, history.commits);
      else if (UNPAUSES.has(type)) history.pausedAt.delete(runId.text);
    }
    for (const runId of cancels) {
      if (history.tables.live.has(runId)) history.cancelled.add(runId);
    }
    for (const { kind, runId } of batch.updates) {
      if (kind === 'release') checkReleased(history, runId.text);
    }
    checkRows(history, batch);
    checkOrder(history, batch);
  };
}

/** What ends a pause: also a stop, and what takes a run back. */
const UNPAUSES = new Set(['resume', 'stop', 'recover']);

/** Runs in the batch that are not the engine's, nor submitted by it. */
function strangersIn(history: History, lane: LaneKey, batch: Batch): string[] {
  const submitted = new Set(batch.submits.map((row) => row.runId.text));
  const { live } = history.tables;
  const rows = [...batch.attempts, ...batch.events, ...batch.consumed];
  const runs = [
    ...rows.map((row) => row.runId.text),
    ...unpackStarts(batch.starts).map((s) => s.runId),
  ];
  return runs.filter((runId) => !submitted.has(runId) && live.get(runId)?.engine !== lane.engineId);
}

/** Runs whose cancel the batch consumes, and that have not ended before it. */
function cancelsIn({ tables }: History, { consumed, events }: Batch): string[] {
  return consumed.flatMap(({ runId, seq }) => {
    const type = tables.rows.get(runId.text)?.inbox.get(seq)?.type;
    const refused = events.some(
      (row) =>
        row.type === 'refused' && row.runId.text === runId.text && row.body.message === 'cancel',
    );
    return type === 'cancel' && !refused ? [runId.text] : [];
  });
}

/** News wakes a run: one that is parked has none. */
function checkReleased(history: History, runId: string): void {
  const { tables } = history;
  const parked = tables.live.get(runId)?.engine === undefined;
  const unread = tables.rows.get(runId)?.inbox.size ?? 0;
  if (parked && unread > 0) violated(history, 'news is read', `${runId} is parked with ${unread}`);
}

function checkRows(history: History, { attempts }: Batch): void {
  for (const { runId, node } of attempts) checkRounds(history, runId.text, node);
}

/** The journal of a run is numbered without gaps: its lines are committed in order. */
function checkOrder(history: History, { attempts, events }: Batch): void {
  for (const runId of new Set([...attempts, ...events].map((row) => row.runId.text))) {
    const rows = history.tables.rows.get(runId);
    const lines = [...(rows?.attempts.values() ?? []), ...(rows?.events.values() ?? [])];
    const seqs = new Set(lines.map((line) => line.seq));
    if (seqs.size !== lines.length || Math.max(...seqs) !== lines.length) {
      violated(history, 'the journal has no gaps', `${runId}: ${[...seqs].sort((a, b) => a - b)}`);
    }
  }
}
