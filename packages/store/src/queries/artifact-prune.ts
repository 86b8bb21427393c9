/** Deleting what is left of files of runs; each statement does a bounded part. */
import { byteaArray } from '../binary-array.ts';
import { ask, type Database } from './database.ts';
import { transaction } from './transaction.ts';

const ROWS = 2_000;
/** Runs whose files are to go: those that are over for long. `$1`: for how many milliseconds. */
const OVER = (alias: string) => `
  ${alias}.run_id < lowest_id_at(clock_timestamp() - $1::float8 * interval '1 ms')
  and not exists (select from run_live l where l.run_id = ${alias}.run_id)
  and not exists (select from runs r where r.run_id = ${alias}.run_id
    and r.completed_at >= clock_timestamp() - $1::float8 * interval '1 ms')`;

/** @returns how many files were deleted */
export async function dropOldArtifacts(db: Database, olderThanMs: number): Promise<number> {
  const rows = await ask(
    db,
    `with old as (
       select o.run_id, o.node, o.attempt, o.path, o.in_workspace from artifacts o
       where ${OVER('o')} order by o.run_id limit ${ROWS})
     delete from artifacts a using old o
     where a.run_id = o.run_id and a.node = o.node and a.attempt = o.attempt and a.path = o.path
       and a.in_workspace = o.in_workspace
     returning 1`,
    [olderThanMs],
  );
  await ask(
    db,
    `delete from workspaces w using (
       select o.run_id from workspaces o where ${OVER('o')} limit ${ROWS}) o
     where w.run_id = o.run_id`,
    [olderThanMs],
  );
  return rows.length;
}

/** Those of some runs that are over for so long, or that there are none of. */
export async function runsLongOver(
  db: Database,
  runIds: readonly string[],
  olderThanMs: number,
): Promise<readonly string[]> {
  const rows = await ask<{ run_id: string }>(
    db,
    `select t.run_id from unnest($2::uuid[]) t(run_id) where ${OVER('t')}`,
    [olderThanMs, runIds],
  );
  return rows.map(({ run_id: runId }) => runId);
}

/** Nobody is still about to refer to bytes that were announced so long ago. */
const UNWANTED = `
  s.touched_at < clock_timestamp() - interval '1 day'
  and not exists (select from artifacts a where a.hash = s.hash and not a.in_database)`;
const LOOKED_AT = 1_000;

/** Bytes that nothing seems to refer to, among the next ones behind a hash. */
export async function unwantedBlobs(
  db: Database,
  after: Uint8Array,
): Promise<{ readonly hashes: readonly Buffer[]; readonly last: Uint8Array | undefined }> {
  const rows = await ask<{ hash: Buffer; unwanted: boolean }>(
    db,
    `select s.hash, (${UNWANTED}) as unwanted
     from (select * from stored_blobs where hash > $1 order by hash limit ${LOOKED_AT}) s
     order by s.hash`,
    [after],
  );
  return {
    hashes: rows.filter(({ unwanted }) => unwanted).map(({ hash }) => hash),
    last: rows.length === LOOKED_AT ? rows.at(-1)?.hash : undefined,
  };
}

/**
 * Removes bytes while their rows are locked: whoever wants to put the same waits until they are gone,
 * and puts them anew. Rows that somebody holds are left for the next time.
 * @returns how many were removed
 */
export function dropBlobs(
  db: Database,
  hashes: readonly Uint8Array[],
  remove: (hashes: readonly string[]) => Promise<void>,
): Promise<number> {
  return transaction(db, async (session) => {
    const { rows } = await session.query<{ hash: Buffer }>(
      `select s.hash from stored_blobs s where s.hash = any($1::bytea[]) and ${UNWANTED}
       for update of s skip locked`,
      [byteaArray(hashes)],
    );
    if (rows.length === 0) return 0;
    await remove(rows.map(({ hash }) => hash.toString('hex')));
    await session.query('delete from stored_blobs where hash = any($1::bytea[])', [
      byteaArray(rows.map(({ hash }) => hash)),
    ]);
    return rows.length;
  });
}
