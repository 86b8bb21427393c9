import type { LogRow } from '@tenuto/engine';
import type pg from 'pg';
import { byteaArray, int4Array, textArray, timeArray, uuidArray } from '../binary-array.ts';

type Queryable = Pick<pg.Pool, 'query'>;

/** Stores bytes under their hash; what is there already stays. */
export async function putBlobs(
  db: Queryable,
  blobs: readonly { readonly hash: Uint8Array; readonly bytes: Uint8Array }[],
): Promise<void> {
  await db.query(
    `insert into blobs (hash, bytes) select * from unnest($1::bytea[], $2::bytea[])
     on conflict do nothing`,
    [byteaArray(blobs.map((blob) => blob.hash)), byteaArray(blobs.map((blob) => blob.bytes))],
  );
}

export async function putLogs(db: Queryable, rows: readonly LogRow[]): Promise<void> {
  await db.query(
    `insert into node_logs (run_id, node, attempt, seq, at, stream, text)
     select * from unnest($1::uuid[], $2::int4[], $3::int4[], $4::int4[], $5::timestamptz[],
       $6::text[], $7::text[])
     on conflict do nothing`,
    [
      uuidArray(rows.map((row) => row.runId.bytes)),
      int4Array(rows.map((row) => row.node)),
      int4Array(rows.map((row) => row.attempt)),
      int4Array(rows.map((row) => row.seq)),
      timeArray(rows.map((row) => row.at)),
      textArray(rows.map((row) => row.stream)),
      textArray(rows.map((row) => row.text)),
    ],
  );
}
