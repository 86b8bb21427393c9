import type { Check } from './check.ts';

export const runningRecovery: Check = {
  name: 'running_recovery',
  invariant: 22,
  meaning: 'A recovery has ended, and says how, when its run is over.',
  severity: 'error',
  find: ({ rows }) => `
    select s.session_id::text as subject,
      s.action || ' of run ' || s.run_id || ' has not ended, and the run is over' as detail
    from (select session_id, run_id, action from recoveries
          order by session_id desc limit ${rows()}) s
    cross join lateral (select from runs h where h.run_id = s.run_id offset 0) h
    where not exists (select from recovery_audits a
      where a.session_id = s.session_id and a.event <> 'started' offset 0)`,
};
