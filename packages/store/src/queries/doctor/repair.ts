import type { RepairActor } from '@tenuto/engine';
import type pg from 'pg';

/** The repair of one check in somebody's name. */
export interface RepairTask {
  readonly check: string;
  /** What is done, in a sentence for the audit. */
  readonly does: string;
  readonly by: RepairActor;
}

export interface Repair {
  /** What it does, in one sentence. */
  readonly does: string;
  /**
   * Mends what the check finds. Each change and its audit row are one transaction; what is sound is
   * left alone, so that a second repair changes nothing.
   *
   * @returns how many things were changed
   */
  run(pool: Pick<pg.Pool, 'connect'>, task: RepairTask): Promise<number>;
}

/**
 * A repair that is one statement: it changes some thousand rows at most and returns them with the
 * `subject` of each one's audit row. It is sent until it finds nothing more.
 */
export function repairStatement(sql: string): Repair['run'] {
  return (pool, task) => inOneTransaction(pool, (client) => repairRows(client, task, sql));
}

/** The same inside a transaction. */
export async function repairRows(
  client: Pick<pg.ClientBase, 'query'>,
  task: RepairTask,
  sql: string,
): Promise<number> {
  let repaired = 0;
  for (;;) {
    const { rows } = await client.query<{ count: number }>(
      `with repaired as (${sql}),
       audited as (
         insert into audit (audit_id, at, actor, action, subject, details, request_id)
         select uuid_v7(), clock_timestamp(), $1, 'doctor.repaired', r.subject, $2, $3
         from (select distinct subject from repaired) r)
       select count(*)::int as count from repaired`,
      [task.by.actor, detailsOf(task), task.by.requestId ?? null],
    );
    const count = rows[0]?.count ?? 0;
    if (count === 0) return repaired;
    repaired += count;
  }
}

/** Writes the audit row of a repair that is more than a statement, in its transaction. */
export async function noteRepair(
  client: Pick<pg.ClientBase, 'query'>,
  task: RepairTask,
  { subject, made }: { readonly subject: string; readonly made: number },
): Promise<void> {
  await client.query(
    `insert into audit (audit_id, at, actor, action, subject, details, request_id)
     values (uuid_v7(), clock_timestamp(), $1, 'doctor.repaired', $2, $3, $4)`,
    [task.by.actor, subject, detailsOf(task, { made }), task.by.requestId ?? null],
  );
}

function detailsOf({ check, does }: RepairTask, more: object = {}): string {
  return JSON.stringify({ check, did: does, ...more });
}

export async function inOneTransaction<Result>(
  pool: Pick<pg.Pool, 'connect'>,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
