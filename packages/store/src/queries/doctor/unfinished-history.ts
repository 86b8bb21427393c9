import type { Check } from './check.ts';

export const unfinishedHistory: Check = {
  name: 'unfinished_history',
  invariant: 1,
  meaning: 'A run in the history has ended: its status is an end.',
  severity: 'error',
  find: () => `
    select r.run_id::text as subject, 'is over and says ' || r.status as detail from runs r
    where r.status <> 'completed' and r.status in (
      'pending', 'queued', 'scheduled', 'running', 'paused', 'retrying', 'recovering')`,
};
