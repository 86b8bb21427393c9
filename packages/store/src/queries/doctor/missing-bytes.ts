import type { BlobStore, CheckFindings, DoctorCheck, Evidence } from '@tenuto/engine';
import type pg from 'pg';
import { sideBySide } from '../../side-by-side.ts';

/** Files whose bytes are asked for in one examination: each is a request where they are far away. */
const ASKED = 2_000;
const OF_A_RUN = 100;
const AT_ONCE = 8;

/** The one check whose evidence is outside the database. */
export const MISSING_BYTES: DoctorCheck = {
  name: 'missing_bytes',
  invariant: 4,
  meaning: 'The bytes of artifacts are in the store of blobs.',
  severity: 'error',
};

/** @param blobs without it, there is nothing to ask */
export async function missingBytes(
  client: Pick<pg.ClientBase, 'query'>,
  runIds: readonly string[],
  { blobs, told }: { readonly blobs: Pick<BlobStore, 'size'> | undefined; readonly told: number },
): Promise<CheckFindings> {
  const missing: Evidence[] = [];
  const rows = blobs === undefined ? [] : await artifactsOf(client, runIds);
  await sideBySide(rows, AT_ONCE, async ({ run_id: subject, path, hash, size }) => {
    const found = await blobs?.size(hash);
    if (found === Number(size)) return;
    const state = found === undefined ? 'are missing' : `are ${found}, and should be ${size}`;
    missing.push({ subject, detail: `the bytes of ${path} (${hash}) ${state}` });
  });
  const evidence = missing.sort((a, b) => (a.subject < b.subject ? -1 : 1)).slice(0, told);
  return { check: MISSING_BYTES.name, count: missing.length, more: false, evidence };
}

interface Row {
  readonly run_id: string;
  readonly path: string;
  readonly hash: string;
  readonly size: string;
}

async function artifactsOf(client: Pick<pg.ClientBase, 'query'>, runIds: readonly string[]) {
  const { rows } = await client.query<Row>(
    `select a.run_id::text, a.path, encode(a.hash, 'hex') as hash, a.size_bytes::text as size
     from unnest($1::uuid[]) t(run_id) cross join lateral (
       select * from artifacts a
       where a.run_id = t.run_id and a.ended is null and not a.gone and not a.in_database
       limit ${OF_A_RUN} offset 0) a
     limit ${ASKED}`,
    [runIds],
  );
  return rows;
}
