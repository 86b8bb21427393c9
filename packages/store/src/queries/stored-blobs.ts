/**
 * What there is in the store of blobs. A row is there before the bytes are; whoever removes bytes
 * holds their row until they are gone, so whoever puts the same bytes waits for that.
 */
import { byteaArray } from '../binary-array.ts';
import type { Session } from './transaction.ts';

type Queryable = Pick<Session, 'query'>;

/** Says that bytes are about to be put and referred to; nobody removes them for a while. */
export async function announceBlobs(db: Queryable, hashes: readonly string[]): Promise<void> {
  // In one order: two who announce the same hashes must not wait for each other.
  const sorted = [...new Set(hashes)].sort();
  if (sorted.length === 0) return;
  await db.query(
    `insert into stored_blobs (hash) select unnest($1::bytea[]) order by 1
     on conflict (hash) do update set touched_at = clock_timestamp()
     where stored_blobs.touched_at < clock_timestamp() - interval '1 hour'`,
    [byteaArray(sorted.map((hash) => Buffer.from(hash, 'hex')))],
  );
}
