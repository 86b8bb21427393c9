import type { Access, AttemptTime, StartedAttempt } from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { owned } from './run-row.ts';

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

/**
 * What a timeline draws of the attempts of a run. The journal is numbered in the order in which it
 * is committed, so that what comes behind a number is all that is new.
 */
export function listAttemptTimes(
  db: Database,
  access: Access,
  of: { readonly runId: string; readonly after: number; readonly limit: number },
): Promise<readonly AttemptTime[]> {
  const given = parameters();
  return ask<AttemptTime & Record<string, unknown>>(
    db,
    `select a.seq, a.node, a.attempt, a.status::text as status,
       ${MS('coalesce(a.started_at, a.ended_at)')} as "startedAt", ${MS('a.ended_at')} as "endedAt"
     from attempts a
     where a.run_id = ${given.add(of.runId)} and a.seq > ${given.add(of.after)}
       and ${owned(access, given, 'a')}
     order by a.seq limit ${given.add(of.limit)}`,
    given.values,
  );
}

export function listStarted(
  db: Database,
  access: Access,
  runId: string,
): Promise<readonly StartedAttempt[]> {
  const given = parameters();
  return ask<StartedAttempt & Record<string, unknown>>(
    db,
    `select s.node, s.attempt, ${MS('s.started_at')} as "startedAt"
     from started s where s.run_id = ${given.add(runId)} and ${owned(access, given, 's')}
     order by s.started_at, s.node`,
    given.values,
  );
}
