/** What came of the nodes that ran under stored retry policies. */
import type { RetryMeasure } from '@tenuto/engine';
import { ask, type Database } from './database.ts';

const COUNTS = ['runs', 'nodes', 'completed', 'attempts', 'retried', 'recovered'] as const;
/** Samples summed up by one statement: few enough to be short. */
const SAMPLES_AT_ONCE = 10_000;

export const NOTHING: RetryMeasure = {
  runs: 0,
  nodes: 0,
  completed: 0,
  attempts: 0,
  retried: 0,
  recovered: 0,
};

export function sumOf(measures: Iterable<RetryMeasure>): RetryMeasure {
  const sum = { ...NOTHING };
  for (const measure of measures) for (const count of COUNTS) sum[count] += measure[count];
  return sum;
}

type MeasureRow = RetryMeasure & { readonly policy_id: string; readonly version: number };

/**
 * The measures of some policies, by id and version: what has been summed up and what has not, as of
 * one moment.
 */
export async function measuresOf(
  db: Pick<Database, 'query'>,
  policyIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<number, RetryMeasure>>> {
  const measures = new Map<string, Map<number, RetryMeasure>>();
  if (policyIds.length === 0) return measures;
  const sums = COUNTS.map((count) => `sum(m.${count})::float8 as ${count}`).join(', ');
  const rows = await ask<MeasureRow>(
    db,
    `select wanted.policy_id, m.version, ${sums}
     from unnest($1::uuid[]) wanted (policy_id) cross join lateral (
       select t.version, ${columns('t')} from retry_policy_totals t
       where t.policy_id = wanted.policy_id
       union all
       select s.version, 1, ${columns('s').replace('s.runs, ', '')} from retry_policy_samples s
       where s.policy_id = wanted.policy_id) m
     group by wanted.policy_id, m.version`,
    [policyIds],
  );
  for (const { policy_id: policyId, version, ...measure } of rows) {
    const versions = measures.get(policyId) ?? new Map<number, RetryMeasure>();
    measures.set(policyId, versions.set(version, measure));
  }
  return measures;
}

function columns(table: string): string {
  return COUNTS.map((count) => `${table}.${count}`).join(', ');
}

/**
 * Adds samples to the totals of their policies, some thousand in a transaction. Engines that do so
 * at the same time take different samples, and lock totals in the same order.
 * @returns how many were added
 */
export async function sumUpSamples(db: Pick<Database, 'query'>): Promise<number> {
  const [, ...summed] = COUNTS;
  let added = 0;
  for (;;) {
    const { rows } = await db.query<{ taken: number }>(
      `with taken as (
         delete from retry_policy_samples where ctid = any(array(
           select s.ctid from retry_policy_samples s order by s.policy_id
           limit ${SAMPLES_AT_ONCE} for update skip locked))
         returning *),
       summed as (
         insert into retry_policy_totals as t (policy_id, version, runs, ${summed.join(', ')})
         select policy_id, version, count(*), ${summed.map((count) => `sum(${count})`).join(', ')}
         from taken group by policy_id, version order by policy_id, version
         on conflict (policy_id, version) do update set
           ${COUNTS.map((count) => `${count} = t.${count} + excluded.${count}`).join(', ')})
       select count(*)::int as taken from taken`,
    );
    const taken = rows[0]?.taken ?? 0;
    added += taken;
    if (taken < SAMPLES_AT_ONCE) return added;
  }
}
