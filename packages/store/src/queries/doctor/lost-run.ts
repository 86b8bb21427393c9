import type { Check } from './check.ts';

const NOWHERE = `not exists (select from run_live r where r.run_id = j.run_id)
  and not exists (select from runs h where h.run_id = j.run_id offset 0)`;

export const lostRun: Check = {
  name: 'lost_run',
  invariant: 1,
  meaning: 'Every run that the newest lines of journals and audit tell of is there.',
  severity: 'error',
  find: ({ rows }) => `
    select j.run_id::text as subject, 'has attempts and is nowhere' as detail
    from (select distinct run_id from (
      select run_id from attempts order by run_id desc limit ${rows()}) a) j where ${NOWHERE}
    union all
    select j.run_id::text, 'has events and is nowhere'
    from (select distinct run_id from (
      select run_id from run_events order by run_id desc limit ${rows()}) e) j where ${NOWHERE}
    union all
    select j.run_id::text, 'was accepted and is nowhere'
    from (select subject::uuid as run_id from (
      select action, subject from audit order by audit_id desc limit ${rows()}) a
      where action = 'job.created' and subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' offset 0) j
    where ${NOWHERE}`,
};
