/** The ledger of effects that must not happen twice unasked. */
import { type RunState, roundOf, specOf } from '@tenuto/engine';
import { type Effect, type History, violated } from './history.ts';
import { attemptsOf } from './rounds.ts';

/** An effect of that kind begins only when its intent is durable, and not a second time by itself. */
export function checkLedger(history: History, effect: Effect, run: RunState, node: number): void {
  const { onAmbiguous, probe } = specOf(run, node);
  const { kind, generation } = roundOf(run, node);
  if ((onAmbiguous === undefined && probe === undefined) || kind === 'probe') return;
  const { runId, nodeId, attempt } = effect;
  const what = `${nodeId} attempt ${attempt} of ${runId}`;
  if (!history.tables.effects.has(`${runId}/${node}/${attempt}`)) {
    violated(history, 'intents are durable', `${what} is not in the ledger`);
  }
  if (kind !== 'work') return;
  const lost = attemptsOf(history, runId, node).find(
    (row) =>
      row.generation === generation &&
      row.kind === 'work' &&
      row.recovery === undefined &&
      row.error?.includes('outcome_unknown'),
  );
  if (lost !== undefined) {
    violated(history, 'nothing happens twice unasked', `${what}, after ${lost.attempt} was lost`);
  }
  checkProbed(history, effect, probe !== undefined);
}

/** Where somebody finds out, what has been done is not done again under its key. */
function checkProbed(history: History, effect: Effect, probed: boolean): void {
  if (!probed) return;
  const done = history.effects.find(
    (one) => one !== effect && one.key === effect.key && one.outcome?.status === 'completed',
  );
  if (done === undefined) return;
  const what = `${effect.nodeId} of ${effect.runId}, attempt ${effect.attempt}`;
  violated(history, 'what was found done is not done again', `${what} after ${done.attempt}`);
}
