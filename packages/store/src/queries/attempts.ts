import { ATTEMPT_KINDS, type AttemptStatus, type Json } from '@tenuto/contract';
import type {
  Access,
  AttemptKey,
  AttemptRecord,
  NodeRecord,
  Page,
  PageRequest,
} from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { jsonOf, objectOf, owned } from './run-row.ts';

interface AttemptRow {
  readonly node: number;
  readonly attempt: number;
  readonly generation: number;
  readonly kind: number;
  readonly status: AttemptStatus;
  readonly output: string | null;
  readonly blob: Buffer | null;
  readonly error: string | null;
  readonly started_at: Date | null;
  readonly ended_at: Date;
  readonly retry_at: Date | null;
}

/** By node and attempt, as the primary key has them. */
export function listAttempts(
  db: Database,
  access: Access,
  of: { readonly runId: string; readonly node?: number },
  page: PageRequest<AttemptKey>,
): Promise<Page<AttemptRecord>> {
  const given = parameters();
  const where = [`a.run_id = ${given.add(of.runId)}`, owned(access, given, 'a')];
  if (of.node !== undefined) where.push(`a.node = ${given.add(of.node)}`);
  return pageOf(db, {
    columns: `a.node, a.attempt, a.generation, a.kind, a.status::text as status, a.output, a.error,
      (select b.bytes from blobs b where b.hash = a.output_ref) as blob,
      a.started_at, a.ended_at, a.retry_at`,
    from: 'attempts a',
    where,
    key: ['a.node', 'a.attempt'],
    after: page.after && [page.after.node, page.after.attempt],
    page,
    given,
    item: recordOf,
  });
}

function recordOf(row: AttemptRow): AttemptRecord {
  return {
    node: row.node,
    attempt: row.attempt,
    generation: row.generation,
    kind: ATTEMPT_KINDS[row.kind] ?? 'work',
    status: row.status,
    output: outputOf(row),
    error: objectOf(row.error),
    startedAt: row.started_at?.getTime() ?? null,
    endedAt: row.ended_at.getTime(),
    retryAt: row.retry_at?.getTime() ?? null,
  };
}

function outputOf({ output, blob }: Pick<AttemptRow, 'output' | 'blob'>): Json {
  return jsonOf(blob === null ? output : blob.toString('utf8'));
}

type NodeRow = Pick<
  AttemptRow,
  'node' | 'output' | 'blob' | 'error' | 'ended_at' | 'started_at' | 'generation'
> & { readonly duration_ms: number };

export async function findNodes(
  db: Database,
  access: Access,
  of: { readonly runId: string; readonly nodes: readonly number[] },
): Promise<ReadonlyMap<number, NodeRecord>> {
  if (of.nodes.length === 0) return new Map();
  const given = parameters();
  const run = given.add(of.runId);
  // The last attempt of each node, and those of its generation: two steps in the primary key.
  const rows = await ask<NodeRow>(
    db,
    `select a.node, a.generation, a.output, a.error, a.ended_at, b.bytes as blob,
       f.started_at, f.duration_ms
     from unnest(${given.add(of.nodes)}::int[]) wanted (node)
     cross join lateral (
       select * from attempts l where l.run_id = ${run} and l.node = wanted.node
         and ${owned(access, given, 'l')}
       order by l.attempt desc limit 1) a
     cross join lateral (
       select min(g.started_at) as started_at, coalesce(sum(
           greatest(0, extract(epoch from g.ended_at - g.started_at) * 1000)), 0)::float8 as duration_ms
       from attempts g where g.run_id = ${run} and g.node = a.node
         and g.generation = a.generation) f
     left join blobs b on b.hash = a.output_ref`,
    given.values,
  );
  return new Map(
    rows.map((row) => [
      row.node,
      {
        generation: row.generation,
        startedAt: row.started_at?.getTime() ?? null,
        endedAt: row.ended_at.getTime(),
        durationMs: Math.round(row.duration_ms),
        output: outputOf(row),
        error: objectOf(row.error),
      },
    ]),
  );
}
