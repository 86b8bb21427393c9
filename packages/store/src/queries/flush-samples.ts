/** The part of a flush that tells what came of stored retry policies in the runs that it ends. */
import type { RunUpdate } from '@tenuto/engine';
import type { Part } from './flush-part.ts';

type Finish = Extract<RunUpdate, { kind: 'finish' }>;

/** JSON of a run's samples, which travels with its end; undefined for most runs. */
export function samplesText({ samples }: Finish): string | undefined {
  if (samples === undefined) return undefined;
  return JSON.stringify(samples.map(({ policyId, ...rest }) => ({ policy_id: policyId, ...rest })));
}

/** Of the runs that are ended: an end that does not take leaves no sample. */
export function samplesPart(): Part {
  return {
    name: 'samples',
    sql: `sampled as (
      insert into retry_policy_samples (policy_id, version, run_id, nodes, completed, attempts,
        retried, recovered)
      select s.policy_id, s.version, finished.run_id, s.nodes, s.completed, s.attempts, s.retried,
        s.recovered
      from finished cross join lateral jsonb_to_recordset(finished.end_samples::jsonb)
        s(policy_id uuid, version int, nodes int, completed int, attempts int, retried int,
          recovered int))`,
    values: [],
  };
}
