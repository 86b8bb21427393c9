import type { Check } from './check.ts';
import { repairStatement } from './repair.ts';

const STRAY = 'not exists (select from run_live r where r.run_id = i.run_id)';

export const strayInbox: Check = {
  name: 'stray_inbox',
  invariant: 33,
  meaning: 'What lies in an inbox is for a live run: a run does not end with news unread.',
  severity: 'error',
  find: ({ rows }) => `
    select i.run_id::text as subject, 'item ' || i.seq || ' (' || i.type || ') is for no live run'
      as detail
    from (select * from run_inbox order by run_id desc limit ${rows()}) i where ${STRAY}`,
  repair: {
    does: 'Deletes the item.',
    run: repairStatement(`
      delete from run_inbox d where (d.run_id, d.seq) in (
        select i.run_id, i.seq from run_inbox i where ${STRAY} limit 5000)
      returning d.run_id::text as subject`),
  },
};
