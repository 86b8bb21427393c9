import type { Check } from './check.ts';

export const missingOutput: Check = {
  name: 'missing_output',
  invariant: 4,
  meaning: 'An output that is stored apart is there.',
  severity: 'error',
  find: ({ sample }) => `
    select t.run_id::text as subject, 'the output of attempt ' || a.attempt || ' of node ' || a.node
      || ' (' || encode(a.output_ref, 'hex') || ') is missing' as detail
    from ${sample()} cross join lateral (
      select a.node, a.attempt, a.output_ref from attempts a
      where a.run_id = t.run_id and a.output_ref is not null offset 0) a
    where not exists (select from blobs b where b.hash = a.output_ref)`,
};
