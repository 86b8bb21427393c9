import type { Check } from './check.ts';

export const missingPlan: Check = {
  name: 'missing_plan',
  invariant: 1,
  meaning: 'Every run has its plan.',
  severity: 'error',
  find: ({ sample }) => `
    select t.run_id::text as subject, 'plan ' || encode(r.plan_hash, 'hex') || ' is missing'
      as detail
    from ${sample()} cross join lateral (
      select l.plan_hash from run_live l where l.run_id = t.run_id
      union all select h.plan_hash from runs h where h.run_id = t.run_id) r
    where not exists (select from plans p where p.hash = r.plan_hash)`,
};
