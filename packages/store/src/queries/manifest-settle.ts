/** Putting the files of a run right after attempts were undone. */
import { int4Array } from '../binary-array.ts';
import { lockManifest } from './manifest.ts';
import type { Session } from './transaction.ts';

export interface Settlement {
  /** The line of the journal that this follows from. */
  readonly seq: number;
  readonly generation: number;
  /** The last attempt of each node that is undone. */
  readonly upTo: ReadonlyMap<number, number>;
}

/**
 * Ends what undone attempts have left, and lets what stood there before them stand again. Once only,
 * whoever is first.
 */
export async function settleManifest(
  session: Session,
  runId: string,
  { seq, generation, upTo }: Settlement,
): Promise<void> {
  const head = await lockManifest(session, runId);
  if (head.settledSeq >= seq) return;
  // What a later attempt of the node wrote has a generation of its own.
  const { rows } = await session.query<{ path: string }>(
    `update artifacts a set undone = true, ended = coalesce(a.ended, $4)
     from unnest($2::int4[], $3::int4[]) u(node, attempt)
     where a.run_id = $1 and a.node = u.node and a.attempt <= u.attempt and not a.undone
     returning a.path`,
    [runId, int4Array([...upTo.keys()]), int4Array([...upTo.values()]), generation],
  );
  const paths = [...new Set(rows.map(({ path }) => path))];
  if (paths.length > 0) {
    await session.query(
      `update artifacts a set ended = null from (
         select distinct on (path) path, version from artifacts
         where run_id = $1 and in_workspace and path = any($2::text[]) and not undone
         order by path, version desc) last
       where a.run_id = $1 and a.in_workspace and a.path = last.path and a.version = last.version
         and a.ended is not null`,
      [runId, paths],
    );
  }
  await session.query(
    `update workspaces set generation = $2, settled_seq = $3, version = version + 1,
       touched_at = clock_timestamp(), files = (
         select count(*) from artifacts
         where run_id = $1 and in_workspace and ended is null and not gone)
     where run_id = $1`,
    [runId, generation, seq],
  );
}
