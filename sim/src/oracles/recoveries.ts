/** Recoveries: each has its session and its audit rows, and all are over with their run. */

import { type History, violated } from './history.ts';
import { isObject } from './json.ts';

const OF_RUNS = new Set(['rollback_state', 'abort_execution']);

/** The sessions that a run's journal speaks of. */
function sessionsIn({ tables }: History, runId: string): string[] {
  const rows = tables.rows.get(runId);
  const steps = [...(rows?.attempts.values() ?? [])].flatMap(({ recovery }) =>
    recovery === undefined ? [] : [JSON.parse(recovery)],
  );
  // What is to be done to the whole run may be overtaken by its stop, before it is begun.
  const ofAttempts = steps.filter(({ action }) => !OF_RUNS.has(action)).map(sessionOf);
  const ofEvents = [...(rows?.events.values() ?? [])].flatMap(({ body }) =>
    isObject(body.step) ? [sessionOf(body.step)] : [],
  );
  return [...ofAttempts, ...ofEvents];
}

function sessionOf(step: { readonly session?: unknown }): string {
  return String(step.session);
}

export function checkRecoveries(history: History, runId: string): void {
  const { recoveries, recoveryAudits } = history.tables;
  const fail = (rule: string, why: string) => violated(history, rule, `${runId}: ${why}`);
  // What is carried out as one may be told of twice: by the attempt that ended, and by the run.
  for (const session of new Set(sessionsIn(history, runId))) {
    if (!recoveries.has(session))
      fail('recoveries are recorded', `session ${session} is not there`);
  }
  const audits = recoveryAudits.filter((row) => row.run_id === runId);
  for (const [session, row] of recoveries) {
    if (row.run_id !== runId) continue;
    const events = audits.filter((audit) => audit.session_id === session).map(({ event }) => event);
    const ends = events.filter((event) => event !== 'started').length;
    if (events.length - ends !== 1 || ends !== 1) {
      fail('recoveries are audited', `session ${session} (${row.action}): ${events.join(', ')}`);
    }
  }
  const strange = audits.find((audit) => !recoveries.has(String(audit.session_id)));
  if (strange !== undefined) fail('audit speaks of recoveries', `session ${strange.session_id}`);
  for (const asked of history.tables.interventions.values()) {
    const open = asked.state === 'open' || asked.state === 'assigned';
    if (asked.runId === runId && open) fail('nobody is asked for nothing', asked.id);
  }
}
