import {
  type AttemptRow,
  type AuditRow,
  attemptOf,
  idOf,
  isTerminal,
  type RunState,
  restoreRun,
  statusOf,
} from '@tenuto/engine';
import { journalOf, outputOf } from '../model/reads.ts';
import { SOUND } from '../model/rules.ts';
import { type DoneRow, rowsOf } from '../model/tables.ts';
import { type History, planOf, violated } from './history.ts';
import { checkMessages } from './messages.ts';
import { checkRecoveries } from './recoveries.ts';

/** Judges what is left when every run is over. */
export function checkEnding(history: History): void {
  const { tables } = history;
  for (const runId of history.accepted) {
    if (!tables.done.has(runId)) violated(history, 'no run is lost', `${runId} is not there`);
  }
  for (const row of tables.done.values()) {
    checkRun(history, row);
    checkAudit(history, row.runId);
    checkMessages(history, row.runId);
    checkRecoveries(history, row.runId);
    const unread = tables.rows.get(row.runId)?.inbox.size ?? 0;
    if (unread > 0) violated(history, 'news is read', `${row.runId} has ${unread} items left`);
  }
  const created = tables.audits.filter(isCreation).length;
  if (created > tables.done.size) {
    violated(history, 'audit speaks of changes', 'more runs were created than there are');
  }
  checkKeys(history);
}

function checkRun(history: History, row: DoneRow): void {
  const plan = planOf(history, row.runId);
  if (plan === undefined) return;
  const { run } = restoreRun(plan, journalOf(history.tables, row, SOUND));
  const fail = (rule: string, why: string) => violated(history, rule, `${row.runId}: ${why}`);
  if (run.phase !== 'over') fail('an end is an end', `by the journal it is in ${run.phase}`);
  if (run.status !== row.status && !(row.status === 'aborted' && wasGivenUp(history, run))) {
    fail('status equals replay', `${row.status}, by the journal ${run.status}`);
  }
  // A sub-run is cancelled by the run that waits for it.
  const asked = history.cancelAsked.has(row.runId) || row.submission.parentRun !== undefined;
  if (row.status === 'cancelled' && !asked) {
    fail('nothing cancels by itself', 'nobody asked for it');
  }
  if (row.status === 'timeout') {
    const { timeoutMs } = row.submission.input;
    const ranMs = row.completedAt - (row.startedAt ?? 0);
    if (ranMs < timeoutMs - history.clockErrorMs) {
      fail('time limits are not early', `${ranMs.toFixed(0)} of ${timeoutMs} ms`);
    }
  }
  checkResults(history, run);
}

/** A recorded end is what the action said, if it was asked at all. */
function checkResults(history: History, run: RunState): void {
  const rows = history.tables.rows.get(run.id);
  for (let node = 0; node < run.size; node += 1) {
    if (isTerminal(run, node) || attemptOf(run, node) === 0) continue;
    violated(
      history,
      'an end is an end',
      `${idOf(run, node)} of ${run.id} is ${statusOf(run, node)}`,
    );
  }
  for (const row of rows?.attempts.values() ?? []) {
    if (row.status === 'completed') checkResult(history, run, row);
  }
}

function checkResult(history: History, run: RunState, row: AttemptRow): void {
  const id = idOf(run, row.node);
  const what = `${id} attempt ${row.attempt} of ${run.id}`;
  const said = history.effects.find(
    (one) => one.runId === run.id && one.node === row.node && one.attempt === row.attempt,
  )?.outcome;
  if (said?.status !== 'completed' && said?.status !== 'waiting') {
    violated(history, 'results are true', `${what}: ${said?.status} was said`);
  } else if (said.status === 'completed') {
    const kept = outputOf(history.tables, row);
    if (kept !== JSON.stringify(said.output)) {
      violated(history, 'results are true', `${what}: the output is ${kept?.slice(0, 40)}`);
    }
  }
}

function checkAudit(history: History, runId: string): void {
  const ofRun = history.tables.audits.filter((row) => row.entry.subject === runId);
  const rows = ofRun.filter(isCreation).length;
  if (rows !== 1) violated(history, 'audit is complete', `${runId} has ${rows} audit rows`);
}

function isCreation({ entry }: AuditRow): boolean {
  return entry.action === 'job.created';
}

/** Whether somebody cancelled the run after it had failed, which its journal says last. */
function wasGivenUp({ tables }: History, { id, status }: RunState): boolean {
  const last = [...rowsOf(tables, id).events.values()].at(-1);
  const { from, to } = last?.body ?? {};
  return last?.type === 'transition' && from === status && to === 'aborted';
}

/** Each key stands for one run. */
function checkKeys(history: History): void {
  const names = new Map<string, string>();
  for (const { runId, submission } of history.tables.done.values()) {
    const other = names.get(submission.name);
    if (other !== undefined && submission.metadata?.keyed === true) {
      violated(history, 'a key is one run', `${submission.name}: ${other} and ${runId}`);
    }
    names.set(submission.name, runId);
  }
}
