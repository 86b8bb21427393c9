import type { Access, EventRecord } from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { objectOf, owned } from './run-row.ts';

/** The most events of one run that are read at once. */
const MOST = 10_000;

interface EventRow {
  readonly seq: number;
  readonly at: Date;
  readonly type: string;
  readonly body: string;
}

/** What happened to a run besides attempts, oldest first. */
export async function listEvents(
  db: Database,
  access: Access,
  runId: string,
  types: readonly string[],
): Promise<readonly EventRecord[]> {
  const given = parameters();
  const rows = await ask<EventRow>(
    db,
    `select e.seq, e.at, e.type, e.body from run_events e
     where e.run_id = ${given.add(runId)} and e.type = any(${given.add(types)})
       and ${owned(access, given, 'e')}
     order by e.seq limit ${MOST}`,
    given.values,
  );
  return rows.map((row) => ({ ...row, at: row.at.getTime(), body: objectOf(row.body) ?? {} }));
}
