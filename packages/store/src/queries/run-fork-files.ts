/** What a fork's nodes have left in the run that it is of: rows alone, bytes are found by their hash. */
import type { Fork } from '@tenuto/engine';
import { int4Array } from '../binary-array.ts';
import type { Session } from './transaction.ts';

/**
 * Copies the files of what a fork takes over. Of each path the last version is current: where a node
 * that runs again has written it, that is what stood there before.
 */
export async function copyFiles(
  session: Session,
  { runId, original, taken }: Pick<Fork, 'runId' | 'original' | 'taken'>,
): Promise<void> {
  await session.query(COPY, [
    runId,
    original,
    int4Array(taken.map(({ from }) => from)),
    int4Array(taken.map(({ attempt }) => attempt)),
    int4Array(taken.map(({ node }) => node)),
  ]);
  await session.query(TOUCH, [runId]);
}

/**
 * What those attempts have left, and of files in a workspace also what attempts before them had: it
 * is there for whoever works in it next. The order of versions stays.
 */
const COPY = `
  with taken as (
    select t.node as node_now, t.attempt as attempt_now, a.*, row_number() over (
      partition by a.path, a.in_workspace order by a.version desc, t.node desc) = 1 as is_last
    from unnest($3::int4[], $4::int4[], $5::int4[]) t(origin, attempt, node)
    cross join lateral (
      select distinct on (o.path, o.in_workspace) o.* from artifacts o
      where o.run_id = $2 and o.node = t.origin and o.attempt <= t.attempt and not o.undone
        and (o.in_workspace or o.attempt = t.attempt)
      order by o.path, o.in_workspace, o.version desc offset 0) a),
  copied as (
    insert into artifacts (run_id, node, attempt, node_id, path, in_workspace, version, ended, gone,
      internal, name, phase, artifact_type, media_type, description, size_bytes, hash, in_database)
    select $1::uuid, node_now, attempt_now, node_id, path, in_workspace, version,
      case when is_last then null else 0 end, gone, internal, name, phase, artifact_type,
      media_type, description, size_bytes, hash, in_database
    from taken)
  insert into workspaces (run_id, version, files, bytes)
  select $1::uuid, max(version), count(*) filter (where is_last and not gone), sum(size_bytes)
  from taken where in_workspace having count(*) > 0`;

/** They are referred to anew: whoever tidies up must not take them for left over. */
const TOUCH = `
  update stored_blobs b set touched_at = clock_timestamp()
  where b.hash in (select hash from artifacts where run_id = $1 and not in_database)`;
