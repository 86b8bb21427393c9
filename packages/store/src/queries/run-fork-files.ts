/** What a fork's nodes have left in the run that it is of: rows alone, bytes are found by their hash. */
import type { Fork } from '@tenuto/engine';
import { int4Array } from '../binary-array.ts';
import type { Session } from './transaction.ts';

/**
 * Copies the files of what a fork takes over, those of earlier attempts of the same nodes with them:
 * what these left is where later ones went on. Of each path the last version is current: where a
 * node that runs again has written it, that is what stood there before.
 */
export async function copyFiles(
  session: Session,
  { runId, original, taken }: Pick<Fork, 'runId' | 'original' | 'taken'>,
): Promise<void> {
  const { rowCount } = await session.query(COPY, [
    runId,
    original,
    int4Array(taken.map(({ from }) => from)),
    int4Array(taken.map(({ attempt }) => attempt)),
    int4Array(taken.map(({ node }) => node)),
  ]);
  if (rowCount === 0) return;
  await session.query(CURRENT, [runId]);
  await session.query(HEAD, [runId]);
  await session.query(TOUCH, [runId]);
}

const KEPT = `name, media_type, size_bytes, hash, created_at, path, in_workspace, version, gone,
  internal, phase, artifact_type, description, node_id, in_database`;

/** A step in the primary key for each node; what a rollback has undone is not there any more. */
const COPY = `
  insert into artifacts (run_id, node, attempt, generation, ended, ${KEPT})
  select $1::uuid, t.node, a.attempt, 0, 0, ${KEPT.replaceAll(/\b(\w+)\b/g, 'a.$1')}
  from unnest($3::int4[], $4::int4[], $5::int4[]) t(origin, last, node)
  cross join lateral (
    select * from artifacts o where o.run_id = $2 and o.node = t.origin and o.attempt <= t.last
      and not o.undone offset 0) a`;

const CURRENT = `
  update artifacts a set ended = null from (
    select distinct on (path, in_workspace) path, in_workspace, node, attempt from artifacts
    where run_id = $1 order by path, in_workspace, version desc, attempt desc, node) last
  where a.run_id = $1 and a.path = last.path and a.in_workspace = last.in_workspace
    and a.node = last.node and a.attempt = last.attempt`;

const HEAD = `
  insert into workspaces (run_id, version, files, bytes)
  select $1, max(version), count(*) filter (where ended is null and not gone),
    coalesce(sum(size_bytes), 0)
  from artifacts where run_id = $1 and in_workspace having count(*) > 0`;

/** They are referred to anew: whoever tidies up must not take them for left over. */
const TOUCH = `
  update stored_blobs b set touched_at = clock_timestamp()
  where b.hash in (select hash from artifacts where run_id = $1 and not in_database)`;
