import { type Check, LIVE } from './check.ts';

/** An owner looks every half second; one that is dead is taken over long before. */
const PATIENCE = `interval '1 minute'`;

export const unheardMessage: Check = {
  name: 'unheard_message',
  invariant: 33,
  meaning: 'The owner of a run hears what reaches it, whatever comes of it.',
  severity: 'error',
  find: ({ rows }) => `
    select t.run_id::text as subject, 'has not heard item ' || t.seq || ' (' || t.type
      || '), and engine ' || r.engine || ' owns it' as detail
    from (select * from run_inbox order by run_id, seq limit ${rows()}) t ${LIVE}
    where r.engine is not null and t.at < now() - ${PATIENCE}`,
};
