import type { Check } from './check.ts';

/** What cannot be sent is due again later; what has been due for so long, nobody sends. */
const LATE = `interval '15 minutes'`;
const since = (column: string) =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

export const lateNotice: Check = {
  name: 'late_notice',
  meaning: 'What there is to tell is taken up, and what is due is sent.',
  severity: 'warning',
  find: ({ rows }) => `
    select n.notice_id::text as subject,
      n.event || ' waits since ' || ${since('n.at')} || ' to be taken up' as detail
    from (select notice_id, event, at from notices order by notice_id limit ${rows()}) n
    where n.at < now() - ${LATE}
    union all
    select d.delivery_id::text, d.event || ' is due since ' || ${since('d.due_at')}
    from (select delivery_id, event, due_at from notice_deliveries where state = 'pending'
          order by due_at limit ${rows()}) d
    where d.due_at < now() - ${LATE}`,
};
