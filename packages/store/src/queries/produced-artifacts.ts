/** Files that nodes leave besides their outputs; they are in no workspace. */
import { NO_PHASE } from '@tenuto/contract';
import { type ArtifactRow, BlobError, type BlobStore, StoreFault } from '@tenuto/engine';
import {
  boolArray,
  byteaArray,
  int4Array,
  int8Array,
  textArray,
  uuidArray,
} from '../binary-array.ts';
import { sideBySide } from '../side-by-side.ts';
import type { Database } from './database.ts';
import { putBlobs } from './outputs.ts';
import { announceBlobs } from './stored-blobs.ts';

const AT_ONCE = 4;

/**
 * Stores them, their bytes first. A later attempt's file takes the place of an earlier one's.
 * @param blobs where the bytes go; without one, into the database
 */
export async function putArtifacts(
  db: Database,
  artifacts: readonly ArtifactRow[],
  blobs: BlobStore | undefined,
): Promise<void> {
  if (blobs === undefined) await putBlobs(db, artifacts);
  else await putBytes(db, artifacts, blobs);
  const text = (pick: (row: ArtifactRow) => string) => textArray(artifacts.map(pick));
  await db.query(
    `with new as (
       select * from unnest($1::uuid[], $2::int4[], $3::int4[], $4::text[], $5::text[], $6::text[],
         $7::text[], $8::text[], $9::text[], $10::int8[], $11::bytea[], $12::bool[])
         t(run_id, node, attempt, node_id, path, name, phase, artifact_type, media_type, size_bytes,
           hash, in_database)),
     ended as (
       update artifacts a set ended = a.generation from new n
       where a.run_id = n.run_id and a.path = n.path and not a.in_workspace and a.ended is null
         and a.attempt < n.attempt
       returning a.run_id)
     select count(*) from ended`,
    parametersOf(),
  );
  await db.query(
    `insert into artifacts (run_id, node, attempt, node_id, path, name, phase, artifact_type,
       media_type, size_bytes, hash, in_database, version, generation)
     select n.*, n.attempt,
       coalesce((select w.generation from workspaces w where w.run_id = n.run_id), 0)
     from unnest($1::uuid[], $2::int4[], $3::int4[], $4::text[], $5::text[], $6::text[],
       $7::text[], $8::text[], $9::text[], $10::int8[], $11::bytea[], $12::bool[])
       n(run_id, node, attempt, node_id, path, name, phase, artifact_type, media_type, size_bytes,
         hash, in_database)
     on conflict do nothing`,
    parametersOf(),
  );

  function parametersOf() {
    return [
      uuidArray(artifacts.map((row) => row.runId.bytes)),
      int4Array(artifacts.map((row) => row.node)),
      int4Array(artifacts.map((row) => row.attempt)),
      ...[text((row) => row.nodeId), text((row) => row.path), text((row) => row.name)],
      ...[text((row) => row.phase ?? NO_PHASE), text((row) => row.type)],
      text((row) => row.mediaType),
      int8Array(artifacts.map((row) => row.bytes.length)),
      byteaArray(artifacts.map((row) => row.hash)),
      boolArray(artifacts.map(() => blobs === undefined)),
    ];
  }
}

/** @throws StoreFault `unavailable` while the bytes cannot be stored: they can later */
async function putBytes(
  db: Database,
  artifacts: readonly ArtifactRow[],
  blobs: BlobStore,
): Promise<void> {
  await announceBlobs(
    db,
    artifacts.map(({ hash }) => Buffer.from(hash).toString('hex')),
  );
  try {
    await blobs.putMany((put) =>
      sideBySide(artifacts, AT_ONCE, async ({ bytes }) => {
        await put(bytes);
      }),
    );
  } catch (error) {
    if (error instanceof BlobError) throw new StoreFault('unavailable', error.message, error);
    throw error;
  }
}
