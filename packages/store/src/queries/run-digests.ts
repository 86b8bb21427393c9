import {
  type Access,
  type ArtifactDigest,
  type NodeDigest,
  type NodeSpend,
  RECORDED_PROVIDER,
  type RunTest,
} from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { owned, reachable } from './run-row.ts';
import { statusOf } from './test-row.ts';

/** The last attempt of each node, without what it gave: only what tells it from another one. */
export async function listDigests(
  db: Database,
  access: Access,
  runId: string,
): Promise<readonly NodeDigest[]> {
  const given = parameters();
  const run = given.add(runId);
  return ask<NodeDigest & Record<string, unknown>>(
    db,
    `select distinct on (a.node) a.node,
       coalesce(encode(a.output_ref, 'hex'), encode(sha256(convert_to(a.output, 'UTF8')), 'hex'))
         as output,
       a.error, sum(greatest(0, extract(epoch from a.ended_at - a.started_at) * 1000))
         over (partition by a.node)::float8 as "durationMs"
     from attempts a where a.run_id = ${run} and ${owned(access, given, 'a')}
     order by a.node, a.attempt desc`,
    given.values,
  );
}

/** The present versions of what nodes have left, by path. */
export async function listArtifacts(
  db: Database,
  access: Access,
  { runId, limit }: { readonly runId: string; readonly limit: number },
): Promise<readonly ArtifactDigest[]> {
  const given = parameters();
  return ask<ArtifactDigest & Record<string, unknown>>(
    db,
    `select a.node, a.attempt, a.path, a.media_type as "mediaType",
       a.size_bytes::float8 as "sizeBytes", encode(a.hash, 'hex') as hash,
       a.in_database as "inDatabase"
     from artifacts a where a.run_id = ${given.add(runId)} and a.ended is null and not a.gone
       and not a.internal and ${owned(access, given, 'a')}
     order by a.path, a.node, a.attempt limit ${given.add(limit)}`,
    given.values,
  );
}

/** Bytes of artifacts of a run that are kept in the database: nothing of what is not its own. */
export async function readArtifactBytes(
  db: Database,
  access: Access,
  { runId, hashes }: { readonly runId: string; readonly hashes: readonly string[] },
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (hashes.length === 0) return new Map();
  const given = parameters();
  const rows = await ask<{ hash: string; bytes: Buffer }>(
    db,
    `select encode(b.hash, 'hex') as hash, b.bytes from blobs b
     where b.hash in (select decode(h, 'hex') from unnest(${given.add(hashes)}::text[]) h)
       and exists (select from artifacts a where a.run_id = ${given.add(runId)}
         and a.hash = b.hash and ${owned(access, given, 'a')} offset 0)`,
    given.values,
  );
  return new Map(rows.map(({ hash, bytes }) => [hash, bytes]));
}

/** What the calls of each node have cost; tokens are counted by the providers. */
export async function listSpend(
  db: Database,
  access: Access,
  runId: string,
): Promise<readonly NodeSpend[]> {
  const given = parameters();
  const recorded = given.add(`${RECORDED_PROVIDER}/`);
  const rows = await ask<{
    node: number;
    cost: number;
    recorded: number;
    input: number;
    output: number;
    cached: number;
    reasoning: number;
  }>(
    db,
    `select c.node, sum(coalesce(c.cost_nano, 0))::float8 as cost,
       coalesce(sum(c.cost_nano) filter (where starts_with(c.target, ${recorded})), 0)::float8
         as recorded,
       sum(coalesce(c.input_tokens, 0))::float8 as input,
       sum(coalesce(c.output_tokens, 0))::float8 as output,
       sum(coalesce(c.cached_tokens, 0))::float8 as cached,
       sum(coalesce(c.reasoning_tokens, 0))::float8 as reasoning
     from calls c where c.run_id = ${given.add(runId)} and c.kind = 'model'
       and c.state in ('done', 'unknown') and ${owned(access, given, 'c')}
     group by c.node order by c.node`,
    given.values,
  );
  return rows.map(({ node, cost, recorded, ...usage }) => ({
    ...{ node, costNanoUsd: cost, recordedNanoUsd: recorded, usage },
  }));
}

/** The last result of each test in each node of a run. */
export async function listRunTests(
  db: Database,
  access: Access,
  { runId, limit }: { readonly runId: string; readonly limit: number },
): Promise<readonly RunTest[]> {
  const given = parameters();
  const rows = await ask<Omit<RunTest, 'status'> & { status: number }>(
    db,
    `select l.test_id as "testId", l.node_id as "nodeId", l.attempt, t.suite, t.classname, t.name,
       l.status, l.flaky, l.quarantined, l.duration_ms as "durationMs", l.message
     from (select distinct on (r.node_id, r.test_id) r.*
       from test_results r where r.run_id = ${given.add(runId)}
       order by r.node_id, r.test_id, r.attempt desc) l
     join tests t on t.test_id = l.test_id
     where ${reachable(access, given, 't')}
     order by t.suite, t.classname, t.name, l.node_id limit ${given.add(limit)}`,
    given.values,
  );
  return rows.map((row) => ({ ...row, status: statusOf(row.status) }));
}
