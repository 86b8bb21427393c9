import { isExpired } from '../idempotency.ts';
import type { Check } from './check.ts';
import { repairStatement } from './repair.ts';

const LOST = `not ${isExpired('k')}
  and not exists (select from run_live r where r.run_id = k.run_id)
  and not exists (select from runs h where h.run_id = k.run_id offset 0)
  and not exists (select from retry_policies p where p.policy_id = k.run_id)
  and not exists (select from tasks t where t.task_id = k.run_id)`;

export const lostKey: Check = {
  name: 'lost_key',
  invariant: 2,
  meaning:
    'An idempotency key within its life names a run, a retry policy or a task that is there.',
  severity: 'error',
  find: ({ rows }) => `
    select k.key as subject, 'of ' || k.owner || ' names ' || k.run_id || ', which is nowhere'
      as detail
    from (select * from idempotency_keys order by created_at desc limit ${rows()}) k where ${LOST}`,
  repair: {
    does: 'Deletes the key, so that the request can be sent again.',
    run: repairStatement(`
      delete from idempotency_keys d where (d.owner, d.key) in (
        select k.owner, k.key from idempotency_keys k where ${LOST} limit 5000)
      returning d.run_id::text as subject`),
  },
};
