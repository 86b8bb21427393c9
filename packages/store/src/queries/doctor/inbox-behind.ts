import { type Check, LIVE } from './check.ts';
import { repairStatement } from './repair.ts';

export const inboxBehind: Check = {
  name: 'inbox_behind',
  invariant: 14,
  meaning: "A run's inbox number is at least that of its last item, so that no end overtakes it.",
  severity: 'error',
  find: ({ rows }) => `
    select t.run_id::text as subject,
      'has item ' || t.seq || ', and its number is ' || r.inbox_seq as detail
    from (select run_id, seq from run_inbox order by run_id desc, seq desc limit ${rows()}) t
    ${LIVE} where t.seq > r.inbox_seq`,
  repair: {
    does: "Raises the number to the last item's: the run then does not end before it is read.",
    run: repairStatement(`
      update run_live r set inbox_seq = late.seq
      from (select i.run_id, max(i.seq) as seq from run_inbox i
            join run_live r on r.run_id = i.run_id where i.seq > r.inbox_seq
            group by i.run_id limit 5000) late
      where r.run_id = late.run_id and r.inbox_seq < late.seq
      returning r.run_id::text as subject`),
  },
};
