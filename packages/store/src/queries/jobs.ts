import type { Access, RunJournal, RunRecord } from '@tenuto/engine';
import { ask, asked, type Database, parameters } from './database.ts';
import { isExpired } from './idempotency.ts';
import { readJournals } from './journal-read.ts';
import { readPlan } from './plans.ts';
import { LIVE_COLUMNS, OVER_COLUMNS, type RunRow, reachable, recordOf } from './run-row.ts';

/** The run, live or over; undefined when it is not there for this access. */
export async function findRun(
  db: Database,
  access: Access,
  runId: string,
): Promise<RunRecord | undefined> {
  const given = parameters();
  const id = given.add(runId);
  const may = reachable(access, given);
  const [row] = await ask<RunRow>(
    db,
    `select ${LIVE_COLUMNS} from run_live r where r.run_id = ${id} and ${may}
     union all
     select ${OVER_COLUMNS} from runs r where r.run_id = ${id} and ${may}`,
    given.values,
  );
  return row && recordOf(row);
}

/** What a key was used for, within its life. */
export async function findSubmission(
  db: Database,
  owner: string,
  key: string,
): Promise<{ runId: string; requestHash: Uint8Array } | undefined> {
  const [row] = await ask<{ run_id: string; request_hash: Buffer }>(
    db,
    `select run_id, request_hash from idempotency_keys
     where owner = $1 and key = $2 and not ${isExpired('idempotency_keys')}`,
    [owner, key],
  );
  return row && { runId: row.run_id, requestHash: row.request_hash };
}

export async function findPlanDocument(
  db: Database,
  access: Access,
  runId: string,
): Promise<string | undefined> {
  const run = await findRun(db, access, runId);
  return run && asked(() => readPlan(db, run.planHash));
}

/** All that happened to a run, live or over, for replay. */
export async function findJournal(
  db: Database,
  access: Access,
  runId: string,
): Promise<RunJournal | undefined> {
  const run = await findRun(db, access, runId);
  if (run === undefined) return undefined;
  const journals = await asked(() => readJournals(db, [run.runId]));
  return {
    runId: run.runId,
    facts: { name: run.name, owner: run.owner, createdAt: run.createdAt },
    input: run.input,
    ...(run.startedAt !== null && { startedAt: run.startedAt }),
    entries: [],
    started: [],
    ...journals.get(run.runId),
  };
}

export async function ping(db: Database): Promise<void> {
  await ask(db, 'select 1');
}
