import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type pg from 'pg';

type Queryable = Pick<pg.Pool, 'query'>;

// A large plan takes a tenth of a second: not on the event loop.
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Plans are immutable and known by their hash; each is stored once, compressed. */
export async function putPlan(
  db: Queryable,
  hash: string,
  document: string,
  nodeCount: number,
): Promise<void> {
  await db.query(
    `insert into plans (hash, document, node_count) values (decode($1, 'hex'), $2, $3)
     on conflict do nothing`,
    [hash, await compress(document), nodeCount],
  );
}

/** @throws when there is no such plan: a run's row always has one. */
export async function readPlan(db: Queryable, hash: string): Promise<string> {
  const document = await findPlan(db, hash);
  if (document === undefined) throw new Error(`there is no plan ${hash}`);
  return document;
}

export async function findPlan(db: Queryable, hash: string): Promise<string | undefined> {
  const { rows } = await db.query<{ document: Buffer }>(
    `select document from plans where hash = decode($1, 'hex')`,
    [hash],
  );
  return rows[0] && (await decompress(rows[0].document)).toString('utf8');
}
