/** The files of a workspace as the database knows them: versions, and which of them are current. */
import type { ArtifactType } from '@tenuto/contract';
import type { WorkspaceUse } from '@tenuto/engine';
import { boolArray, byteaArray, int4Array, int8Array, textArray } from '../binary-array.ts';
import type { Session } from './transaction.ts';

type Queryable = Pick<Session, 'query'>;

/** How a workspace stands. */
export interface ManifestHead {
  readonly version: number;
  readonly generation: number;
  readonly files: number;
  /** Of all versions. */
  readonly bytes: number;
  readonly settledSeq: number;
  /** The last line of the journal after which attempts may be undone; 0 when there is none. */
  readonly recoveredSeq: number;
}

interface HeadRow {
  readonly version: number;
  readonly generation: number;
  readonly files: number;
  readonly bytes: string;
  readonly settled_seq: number;
  readonly recovered_seq: number;
}

const RECOVERED = `coalesce((
  select max(e.seq) from run_events e where e.run_id = $1 and e.type = 'recover'), 0)`;

/** Makes the workspace's row where there is none yet. */
export async function openManifest(db: Queryable, runId: string): Promise<ManifestHead> {
  const { rows } = await db.query<HeadRow>(
    `with made as (
       insert into workspaces (run_id) values ($1)
       on conflict (run_id) do update set touched_at = clock_timestamp() returning *)
     select version, generation, files, bytes::text as bytes, settled_seq,
       ${RECOVERED}::int as recovered_seq from made`,
    [runId],
  );
  return headOf(rows[0]);
}

function headOf(row: HeadRow | undefined): ManifestHead {
  if (row === undefined) throw new Error('a workspace has no row');
  const { version, generation, files, bytes } = row;
  const { settled_seq: settledSeq, recovered_seq: recoveredSeq } = row;
  return { version, generation, files, bytes: Number(bytes), settledSeq, recoveredSeq };
}

/** The same, and nobody else changes its files until the transaction ends. */
export async function lockManifest(session: Session, runId: string): Promise<ManifestHead> {
  const { rows } = await session.query<HeadRow>(
    `select version, generation, files, bytes::text as bytes, settled_seq, 0 as recovered_seq
     from workspaces where run_id = $1 for update`,
    [runId],
  );
  return headOf(rows[0]);
}

/** A current file. */
export interface ManifestFile {
  readonly path: string;
  /** SHA-256 in hex. */
  readonly hash: string;
  readonly sizeBytes: number;
}

export async function currentFiles(db: Queryable, runId: string): Promise<ManifestFile[]> {
  const { rows } = await db.query<{ path: string; hash: string; size: string }>(
    `select path, encode(hash, 'hex') as hash, size_bytes::text as size from artifacts
     where run_id = $1 and in_workspace and ended is null and not gone order by path`,
    [runId],
  );
  return rows.map(({ path, hash, size }) => ({ path, hash, sizeBytes: Number(size) }));
}

/** Paths that had a file once, among some. */
export async function knownPaths(
  db: Queryable,
  runId: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ path: string }>(
    `select distinct path from artifacts
     where run_id = $1 and in_workspace and path = any($2::text[])`,
    [runId, textArray(paths)],
  );
  return new Set(rows.map(({ path }) => path));
}

/** A version to be written; without a hash it says that the file is gone. */
export interface NewVersion {
  readonly path: string;
  readonly name: string;
  readonly hash: string | undefined;
  readonly sizeBytes: number;
  readonly internal: boolean;
  readonly phase: string;
  readonly type: ArtifactType;
  readonly mediaType: string;
  readonly description: string | undefined;
}

interface Freed {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Ends what stands at the paths of new versions; what the same attempt wrote before is not kept.
 * @returns current files and bytes of versions that there are less now
 */
export async function endVersions(
  session: Session,
  { runId, node, attempt }: WorkspaceUse,
  { paths, generation }: { readonly paths: readonly string[]; readonly generation: number },
): Promise<Freed> {
  const given = [runId, textArray(paths)];
  const { rows: ended } = await session.query<{ gone: boolean }>(
    `update artifacts set ended = $3
     where run_id = $1 and in_workspace and ended is null and path = any($2::text[]) returning gone`,
    [...given, generation],
  );
  const { rows: replaced } = await session.query<{ size: string }>(
    `delete from artifacts where run_id = $1 and in_workspace and path = any($2::text[])
       and node = $3 and attempt = $4 returning size_bytes::text as size`,
    [...given, node, attempt],
  );
  return {
    files: ended.filter(({ gone }) => !gone).length,
    bytes: replaced.reduce((sum, { size }) => sum + Number(size), 0),
  };
}

/** Adds versions, numbered from the one after `head`. */
export async function addVersions(
  session: Session,
  { runId, node, nodeId, attempt }: WorkspaceUse,
  head: Pick<ManifestHead, 'version' | 'generation'>,
  versions: readonly NewVersion[],
): Promise<void> {
  const text = (pick: (version: NewVersion) => string | undefined) => textArray(versions.map(pick));
  const hashes = versions.map(({ hash }) =>
    hash === undefined ? undefined : Buffer.from(hash, 'hex'),
  );
  await session.query(
    `insert into artifacts (run_id, node, attempt, node_id, generation, in_workspace, path, name,
       phase, artifact_type, media_type, description, hash, size_bytes, gone, internal, version)
     select $1, $2, $3, $4, $5, true, t.path, t.name, t.phase, t.type, t.media, t.description,
       t.hash, t.size, t.hash is null, t.internal, $6 + t.at
     from unnest($7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
       $13::bytea[], $14::int8[], $15::bool[], $16::int4[])
       t(path, name, phase, type, media, description, hash, size, internal, at)`,
    [
      ...[runId, node, attempt, nodeId, head.generation, head.version],
      ...[text((each) => each.path), text((each) => each.name), text((each) => each.phase)],
      ...[text((each) => each.type), text((each) => each.mediaType)],
      ...[text((each) => each.description), byteaArray(hashes)],
      int8Array(versions.map(({ sizeBytes }) => sizeBytes)),
      boolArray(versions.map(({ internal }) => internal)),
      int4Array(versions.map((_, at) => at + 1)),
    ],
  );
}

export async function saveHead(
  session: Session,
  runId: string,
  { version, files, bytes }: Pick<ManifestHead, 'version' | 'files' | 'bytes'>,
): Promise<void> {
  await session.query(
    `update workspaces set version = $2, files = $3, bytes = $4, touched_at = clock_timestamp()
     where run_id = $1`,
    [runId, version, files, bytes],
  );
}

/** Whether an attempt has ended: one whose engine was taken for dead does not know. */
export async function isAttemptOver(
  db: Queryable,
  { runId, node, attempt }: WorkspaceUse,
): Promise<boolean> {
  const { rows } = await db.query(
    'select from attempts where run_id = $1 and node = $2 and attempt = $3',
    [runId, node, attempt],
  );
  return rows.length > 0;
}
