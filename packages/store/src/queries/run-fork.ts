import { timeOfId } from '@tenuto/contract';
import type { Fork, ForkResult } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { keyPart } from './idempotency.ts';
import { putPlan } from './plans.ts';
import { claimKeyAt } from './priority.ts';
import { RUN_KIND_CODES } from './run-columns.ts';
import { copyFiles } from './run-fork-files.ts';
import { Refusal, type Session, transaction } from './transaction.ts';

/** Id and time of a run that is to be made. */
export async function nextRun(db: Database): Promise<{ runId: string; at: number }> {
  const [row] = await ask<{ id: string }>(db, 'select uuid_v7()::text as id', []);
  if (row === undefined) throw new Error('the database has made no id');
  return { runId: row.id, at: timeOfId(row.id) };
}

/**
 * Makes a run that begins with attempts of another one. It has begun, and is nobody's: any engine
 * claims it, and goes on as after a takeover.
 */
export function insertFork(db: Database, fork: Fork): Promise<ForkResult> {
  const { submission } = fork;
  return transaction(db, async (session) => {
    await putPlan(
      session,
      submission.plan.hash,
      submission.plan.document,
      submission.plan.nodeCount,
    );
    if (!(await insertRun(session, fork))) throw new Refusal<ForkResult>('duplicate');
    if (fork.taken.length > 0 && !(await copyAttempts(session, fork))) {
      throw new Refusal<ForkResult>('gone');
    }
    return 'made' as const;
  });
}

/** False when its key was used before. */
async function insertRun(session: Session, fork: Fork): Promise<boolean> {
  const { submission } = fork;
  const given = parameters();
  const audit = submission.audit && { ...submission.audit, subject: fork.runId };
  const { rows } = await session.query(
    `with candidate as materialized (select ${given.add(fork.runId)}::uuid as id),
     keyed as (${keyPart(submission, { from: 'candidate', id: 'id', names: 'run' }, given)}),
     fresh as materialized (select id from candidate, keyed),
     made as (
       insert into run_live (run_id, plan_hash, owner, kind, name, job_type, description, priority,
         triggered_by, tags, metadata, input, created_at, started_at, status, claim_key, wake_at)
       select id, ${rowOf(fork, given)} from fresh returning run_id)
     ${audit === undefined ? '' : `, audited as (${auditPart(audit, 'made', given)})`}
     select 1 from made`,
    given.values,
  );
  return rows.length > 0;
}

function rowOf({ submission, createdAt, taken }: Fork, given: Parameters): string {
  const { plan, description, tags, metadata } = submission;
  const at = `to_timestamp(${given.add(createdAt)}::float8 / 1000)`;
  const priority = given.add(submission.priority);
  // What has begun says so; the rest of the queue has not.
  const begun = taken.length > 0;
  return `decode(${given.add(plan.hash)}, 'hex'), ${given.add(submission.owner)},
    ${RUN_KIND_CODES[submission.kind]}, ${given.add(submission.name)},
    ${given.add(submission.jobType)}, ${given.add(description ?? null)}, ${priority}::int2,
    ${given.add(submission.triggeredBy)},
    ${given.add(tags === undefined || tags.length === 0 ? null : tags)}::text[],
    ${given.add(metadata === undefined ? null : JSON.stringify(metadata))}::jsonb,
    ${given.add(JSON.stringify(submission.input))}, ${at}, ${begun ? at : 'null::timestamptz'},
    '${begun ? 'running' : 'queued'}'::run_status, ${claimKeyAt(at, `${priority}::int2`)}, ${at}`;
}

/** The event that tells of it is the first line of the journal; what it took over follows. */
async function copyAttempts(session: Session, fork: Fork): Promise<boolean> {
  const { runId, original, fromNode, taken, createdAt } = fork;
  const body = { run_id: original, from_node: fromNode ?? null, attempts: taken.length };
  await session.query(
    `insert into run_events (run_id, seq, at, type, body)
     values ($1, 1, to_timestamp($2::float8 / 1000), 'forked', $3)`,
    [
      runId,
      createdAt,
      JSON.stringify({ ...body, nodes: taken.slice(0, NAMED).map(({ id }) => id) }),
    ],
  );
  const wanted = [
    taken.map(({ from }) => from),
    taken.map(({ attempt }) => attempt),
    taken.map(({ node }) => node),
    taken.map((_, i) => i + 2),
  ];
  const { rowCount } = await session.query(COPY_ATTEMPTS, [runId, original, ...wanted]);
  await copyFiles(session, { runId, original, taken });
  return rowCount === taken.length;
}

/** So many nodes the event names; the attempts say the rest. */
const NAMED = 1_000;

/** A step in the primary key for each; `offset 0` keeps the planner from scanning the run. */
const COPY_ATTEMPTS = `
  insert into attempts (run_id, node, attempt, seq, generation, kind, status, output, output_ref,
    error, started_at, ended_at)
  select $1::uuid, t.node, t.attempt, t.seq, 0, 0, a.status, a.output, a.output_ref, a.error,
    a.started_at, a.ended_at
  from unnest($3::int[], $4::int[], $5::int[], $6::int[]) t(origin, attempt, node, seq)
  cross join lateral (
    select * from attempts o where o.run_id = $2 and o.node = t.origin and o.attempt = t.attempt
    offset 0) a`;
