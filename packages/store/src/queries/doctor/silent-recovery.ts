import type { Check } from './check.ts';

export const silentRecovery: Check = {
  name: 'silent_recovery',
  invariant: 22,
  meaning: 'Every recovery has the audit row of its beginning, and every such row its recovery.',
  severity: 'error',
  find: ({ rows }) => `
    select s.session_id::text as subject,
      s.action || ' of run ' || s.run_id || ' has no audit row of its beginning' as detail
    from (select session_id, run_id, action from recoveries
          order by session_id desc limit ${rows()}) s
    where not exists (select from recovery_audits a
      where a.session_id = s.session_id and a.event = 'started' offset 0)
    union all
    select a.session_id::text, a.action || ' of run ' || a.run_id || ' is audited and not there'
    from (select session_id, run_id, action from recovery_audits
          order by audit_id desc limit ${rows()}) a
    where not exists (select from recoveries s where s.session_id = a.session_id)`,
};
