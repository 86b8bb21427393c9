import type { Batch } from '@tenuto/engine';
import type pg from 'pg';
import type { FlushRow, LaneKey } from './flush.ts';

/**
 * What a batch that was committed by an earlier copy of itself did: which of its runs had been
 * submitted before under their key, and which ends and releases did not take.
 */
export async function resolveResend(
  client: pg.Client,
  key: LaneKey,
  batch: Batch,
): Promise<Pick<FlushRow, 'duplicates' | 'refused'>> {
  const keyed = batch.submits.filter((row) => row.submission.idempotency !== undefined);
  const given = batch.updates.filter((update) => update.kind !== 'progress');
  const { rows } = await client.query<Pick<FlushRow, 'duplicates' | 'refused'>>({
    text: `select
      (select array_agg(t.run_id::text) from unnest($1::uuid[], $2::text[], $3::text[])
         t(run_id, owner, key)
       where not exists (select 1 from idempotency_keys k
         where k.owner = t.owner and k.key = t.key and k.run_id = t.run_id)) as duplicates,
      (select array_agg(r.run_id::text) from unnest($4::uuid[]) t(run_id)
       join run_live r using (run_id) where r.engine = $5) as refused`,
    values: [
      keyed.map((row) => row.runId.text),
      keyed.map((row) => row.submission.owner),
      keyed.map((row) => row.submission.idempotency?.key),
      given.map((update) => update.runId.text),
      key.engineId,
    ],
  });
  return rows[0] ?? { duplicates: null, refused: null };
}
