import { type ArtifactType, globExpression } from '@tenuto/contract';
import type {
  Access,
  ArtifactFilter,
  ArtifactKey,
  ArtifactPage,
  ArtifactRecord,
  ArtifactStore,
  PageRequest,
} from '@tenuto/engine';
import { settleRun } from '../workspaces/settle-run.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { escapeLike } from './like.ts';
import { owned, reachable } from './run-row.ts';

/** What runs have left, as the API sees it. */
export function createArtifactStore(db: Database): ArtifactStore {
  return {
    list: (access, filter, page) => listArtifacts(db, access, { filter, page }),
    find: (access, runId, artifactId) => findArtifact(db, access, { runId, artifactId }),
    counts: (access, runId) => countArtifacts(db, access, runId),
    async bytes(hash) {
      const [row] = await ask<{ bytes: Buffer }>(
        db,
        `select bytes from blobs where hash = decode($1, 'hex')`,
        [hash],
      );
      return row?.bytes;
    },
  };
}

const COLUMNS = `a.artifact_id, a.run_id, a.phase, a.path, a.name, a.description, a.artifact_type,
  a.media_type, a.size_bytes::float8 as size_bytes, encode(a.hash, 'hex') as hash, a.generation,
  a.ended is null as current, a.node_id, a.attempt, a.in_database,
  (extract(epoch from a.created_at) * 1000)::float8 as created_at`;
/** What is somebody's result. */
const SHOWN = 'not a.gone and not a.internal';

interface Row {
  readonly artifact_id: string;
  readonly run_id: string;
  readonly phase: string;
  readonly path: string;
  readonly name: string;
  readonly description: string | null;
  readonly artifact_type: ArtifactType;
  readonly media_type: string;
  readonly size_bytes: number;
  readonly hash: string;
  readonly generation: number;
  readonly current: boolean;
  readonly node_id: string | null;
  readonly attempt: number;
  readonly in_database: boolean;
  readonly created_at: number;
}

function recordOf(row: Row): ArtifactRecord {
  return {
    artifactId: row.artifact_id,
    runId: row.run_id,
    phase: row.phase,
    path: row.path,
    name: row.name,
    description: row.description,
    type: row.artifact_type,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    hash: row.hash,
    generation: row.generation,
    current: row.current,
    nodeId: row.node_id,
    attempt: row.attempt,
    createdAt: Math.floor(row.created_at),
    inDatabase: row.in_database,
  };
}

interface Listing {
  readonly filter: ArtifactFilter;
  readonly page: PageRequest<ArtifactKey>;
}

async function listArtifacts(
  db: Database,
  access: Access,
  { filter, page }: Listing,
): Promise<ArtifactPage | undefined> {
  let present = await generationOf(db, access, filter.runId);
  if (present === undefined) return undefined;
  if (await wentBack(db, filter.runId)) present = await generationOf(db, access, filter.runId);
  if (present === undefined) return undefined;
  const { generation = present } = filter;
  const [rows, sums] = await Promise.all([
    rowsOf(db, { filter, page }, generation < present),
    sumsOf(db, filter, generation < present),
  ]);
  return {
    items: rows.slice(0, page.limit).map(recordOf),
    hasMore: rows.length > page.limit,
    ...sums,
    generation: Math.min(generation, present),
  };
}

/** Puts the files of a run right that has gone back since anybody worked in its workspace. */
async function wentBack(db: Database, runId: string): Promise<boolean> {
  const [row] = await ask<{ recovered: number | null }>(
    db,
    `select (select max(e.seq) from run_events e
       where e.run_id = w.run_id and e.seq > w.settled_seq and e.type = 'recover')::int as recovered
     from workspaces w where w.run_id = $1`,
    [runId],
  );
  const recoveredSeq = row?.recovered ?? undefined;
  return recoveredSeq !== undefined && (await settleRun(db, runId, { recoveredSeq }));
}

/** The present generation of a run's files; undefined when the run is not there for this access. */
async function generationOf(db: Database, access: Access, runId: string) {
  const given = parameters();
  const id = given.add(runId);
  const may = reachable(access, given);
  const [row] = await ask<{ generation: number }>(
    db,
    `select coalesce((select w.generation from workspaces w where w.run_id = ${id}), 0) as generation
     where exists (select from run_live r where r.run_id = ${id} and ${may})
       or exists (select from runs r where r.run_id = ${id} and ${may})`,
    given.values,
  );
  return row?.generation;
}

function rowsOf(db: Database, { filter, page }: Listing, past: boolean): Promise<Row[]> {
  const given = parameters();
  const from = fromOf(filter, given, past);
  const after =
    page.after === undefined
      ? ''
      : `and (a.phase, a.path, a.artifact_id) > (${given.add(page.after.phase)},
         ${given.add(page.after.path)}, ${given.add(page.after.artifactId)}::uuid)`;
  return ask<Row>(
    db,
    `select ${COLUMNS} from ${from} ${after} order by a.phase, a.path, a.artifact_id
     limit ${given.add(page.limit + 1)} offset ${given.add(page.offset)}`,
    given.values,
  );
}

async function sumsOf(db: Database, filter: ArtifactFilter, past: boolean) {
  const given = parameters();
  const [row] = await ask<{ count: number; bytes: number }>(
    db,
    `select count(*)::int as count, coalesce(sum(a.size_bytes), 0)::float8 as bytes
     from ${fromOf(filter, given, past)}`,
    given.values,
  );
  return { total: row?.count ?? 0, totalBytes: row?.bytes ?? 0 };
}

/** The files as they stand, or as they stood at the end of a generation, and what is asked of them. */
function fromOf(filter: ArtifactFilter, given: Parameters, past: boolean): string {
  const runId = given.add(filter.runId);
  const conditions = [SHOWN, ...conditionsOf(filter, given)].join(' and ');
  if (!past) {
    return `artifacts a where a.run_id = ${runId} and a.ended is null and ${conditions}`;
  }
  const generation = given.add(filter.generation);
  return `(select distinct on (p.path, p.in_workspace) p.* from artifacts p
     where p.run_id = ${runId} and p.generation <= ${generation}
       and (p.ended is null or p.ended > ${generation})
     order by p.path, p.in_workspace, p.version desc) a where ${conditions}`;
}

function conditionsOf({ phase, type, path }: ArtifactFilter, given: Parameters): string[] {
  const conditions: string[] = [];
  if (phase !== undefined) conditions.push(`a.phase = ${given.add(phase)}`);
  if (type !== undefined) conditions.push(`a.artifact_type = ${given.add(type)}`);
  if (path?.endsWith('/')) conditions.push(`a.path like ${given.add(`${escapeLike(path)}%`)}`);
  else if (path !== undefined) conditions.push(`a.path ~ ${given.add(globExpression(path))}`);
  return conditions;
}

async function findArtifact(
  db: Database,
  access: Access,
  { runId, artifactId }: { readonly runId: string; readonly artifactId: string },
): Promise<ArtifactRecord | undefined> {
  const given = parameters();
  const [run, artifact] = [given.add(runId), given.add(artifactId)];
  const may = reachable(access, given);
  const [row] = await ask<Row>(
    db,
    `select ${COLUMNS} from artifacts a
     where a.run_id = ${run} and a.artifact_id = ${artifact} and ${SHOWN} and (
       exists (select from run_live r where r.run_id = ${run} and ${may})
       or exists (select from runs r where r.run_id = ${run} and ${may}))`,
    given.values,
  );
  return row && recordOf(row);
}

async function countArtifacts(
  db: Database,
  access: Access,
  runId: string,
): Promise<ReadonlyMap<string, number>> {
  const given = parameters();
  const rows = await ask<{ phase: string; count: number }>(
    db,
    `select a.phase, count(*)::int as count from artifacts a
     where a.run_id = ${given.add(runId)} and a.ended is null and ${SHOWN}
       and ${owned(access, given, 'a')} group by a.phase`,
    given.values,
  );
  return new Map(rows.map(({ phase, count }) => [phase, count]));
}
