import {
  attemptOf,
  idOf,
  isTerminal,
  type Round,
  type RunState,
  restoreRun,
  roundOf,
  specOf,
  statusOf,
} from '@tenuto/engine';
import { isAlive } from '../model/fences.ts';
import { journalOf } from '../model/reads.ts';
import { SOUND } from '../model/rules.ts';
import { EPOCH_MS } from '../world.ts';
import { type Effect, type History, planOf, startKey, violated } from './history.ts';
import { isObject } from './json.ts';
import { checkLedger } from './ledger.ts';
import { isLast, isSkip } from './rounds.ts';
import { checkUndo } from './undo.ts';

/** Asks of every attempt that begins whether the database, as it is now, allows it. */
export function checkStart(history: History, effect: Effect): void {
  const { runId, nodeId, attempt, engineId } = effect;
  const { tables } = history;
  const what = `${nodeId} attempt ${attempt} of ${runId} on ${effect.host}`;
  const fail = (rule: string, why: string) => violated(history, rule, `${what}: ${why}`);
  const row = tables.live.get(runId);
  const plan = planOf(history, runId);
  if (row === undefined || plan === undefined) {
    fail('starts only in live runs', tables.done.has(runId) ? 'the run is over' : 'no such run');
    return;
  }
  if (row.engine !== engineId) fail('only the owner starts', `owned by ${row.engine ?? 'nobody'}`);
  if (!isAlive(tables, engineId)) fail('only the owner starts', 'its engine is fenced off');
  const { started: _, ...journal } = journalOf(tables, row, SOUND);
  const { run } = restoreRun(plan, { ...journal, started: [] });
  const node = nodeNamed(run, nodeId);
  if (node < 0) {
    fail('starts follow from the journal', 'no such node');
    return;
  }
  effect.node = node;
  checkAgainstJournal(history, { run, node, attempt, fail });
  const committed = history.durableStarts.get(startKey(runId, node, attempt));
  if (committed === undefined) fail('starts are durable', 'its start is not committed');
  else if (committed > (history.pausedAt.get(runId) ?? Number.POSITIVE_INFINITY)) {
    fail('a pause is a pause', 'it was decided after the pause');
  }
  if (history.cancelled.has(runId) && specOf(run, node).type !== 'cleanup') {
    fail('cancel is final', 'the cancel was acknowledged');
  }
  for (const other of history.effects) {
    if (other === effect || other.runId !== runId || other.node !== node) continue;
    if (other.attempt === attempt) fail('each attempt starts once', `so did ${other.host}`);
  }
  checkKey(history, effect, roundOf(run, node), fail);
  if (roundOf(run, node).kind === 'rollback') checkUndo(history, effect, run, node);
  checkLedger(history, effect, run, node);
}

/** A key stands for one purpose in one generation of a node. */
function checkKey(
  history: History,
  effect: Effect,
  { generation, kind }: Round,
  fail: (rule: string, why: string) => void,
): void {
  const purpose = `${effect.runId}/${effect.node} ${generation} ${kind}`;
  const known = history.purposes.get(effect.key) ?? purpose;
  history.purposes.set(effect.key, purpose);
  if (known !== purpose) fail('keys are stable', `${effect.key} stood for ${known}`);
  const key = history.keys.get(purpose) ?? effect.key;
  history.keys.set(purpose, effect.key);
  if (key !== effect.key) fail('keys are stable', `${purpose} had the key ${key}`);
}

/** The node of that id; of instances that a `for_each` has made again, the last one. */
function nodeNamed(run: RunState, id: string): number {
  for (let node = run.size - 1; node >= 0; node -= 1) if (idOf(run, node) === id) return node;
  return -1;
}

interface Started {
  readonly run: RunState;
  readonly node: number;
  readonly attempt: number;
  readonly fail: (rule: string, why: string) => void;
}

/** What is durable must by itself lead to this start: parents, guards, groups, retries. */
function checkAgainstJournal(history: History, { run, node, attempt, fail }: Started): void {
  const status = statusOf(run, node);
  const wait = run.waits.get(node);
  if (isTerminal(run, node)) {
    fail('what is over does not start again', `it is ${status}`);
  } else if (status === 'waiting' && wait?.kind === 'retry') {
    checkDelay(history, { run, node, attempt, fail }, wait.until);
  } else if (status === 'running' && attemptOf(run, node) === attempt) {
    // What was about to start is named by what has happened meanwhile; that may have stopped it.
    const stopped = specOf(run, node).type !== 'cleanup' && isStopped(history, run, node);
    if (stopped) fail('what is stopped does not start', status);
    return;
  } else if (status !== 'ready') {
    fail('starts follow from the journal', `by the journal it is ${status}`);
  }
  checkParents(history, { run, node, attempt, fail });
  const before = attemptOf(run, node);
  if (attempt !== before + 1) {
    fail('each attempt starts once', `the journal knows of ${before} before it`);
  }
}

/** Whether an attempt that is about to start was told to abort: by a stop, or for a rollback. */
function isStopped({ tables }: History, run: RunState, node: number): boolean {
  const named = [...(tables.rows.get(run.id)?.events.values() ?? [])].findLast(
    ({ body }) =>
      Array.isArray(body.running) &&
      body.running.some(
        (one) => isObject(one) && one.node === node && one.attempt === attemptOf(run, node),
      ),
  );
  if (named?.type !== 'recover') return named?.type === 'stop';
  return isObject(named.body.step) && named.body.step.action === 'rollback_state';
}

/**
 * A retry has its delay, whoever decided on it and whenever: the time that it is due at is database
 * time, which engines know only as far as round trips to the database let them.
 */
function checkDelay(history: History, { fail }: Started, until: number): void {
  const earlyMs = until - (EPOCH_MS + history.now());
  if (earlyMs > history.clockErrorMs)
    fail('retries wait', `it starts ${earlyMs.toFixed(0)} ms early`);
}

/** The same for parents, straight from the rows: it does not rely on the engine's own replay. */
function checkParents(history: History, { run, node, fail }: Started): void {
  const { plan } = run;
  const spec = specOf(run, node);
  if (node >= plan.nodeCount || spec.dependency === 'any' || run.rounds.size > 0) return;
  const rows = history.tables.rows.get(run.id);
  // Somebody may have ended a parent by hand.
  const byHand = new Set(['recover', 'give_up']);
  if ([...(rows?.events.values() ?? [])].some(({ type }) => byHand.has(type))) return;
  const from = plan.predecessorOffsets[node] ?? 0;
  const to = plan.predecessorOffsets[node + 1] ?? 0;
  for (const parent of plan.predecessors.subarray(from, to)) {
    const attempts = [...(rows?.attempts.values() ?? [])].filter((row) => row.node === parent);
    const ended = attempts.some((row) => isLast(row) || isSkip(row));
    const begun = history.durableStarts.has(startKey(run.id, parent, 1));
    if (begun && !ended) fail('parents are durable', `${plan.ids[parent]} has not ended`);
  }
}
