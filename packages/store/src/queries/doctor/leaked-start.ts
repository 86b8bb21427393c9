import type { Check } from './check.ts';
import { repairStatement } from './repair.ts';

/** Upkeep takes away what is left of runs that are over; it comes every ten minutes. */
const UPKEEP = `interval '1 hour'`;

/** A start whose run ended long ago, or was never there. */
const WITHOUT_RUN = `not exists (select from run_live r where r.run_id = s.run_id)
  and not exists (select from runs h where h.run_id = s.run_id
    and h.completed_at > now() - ${UPKEEP} offset 0)`;
/** Of an attempt that went on to wait, the start stays until its run is over. */
const ENDED = `exists (select from run_live r where r.run_id = s.run_id)
  and exists (select from attempts a where a.run_id = s.run_id and a.node = s.node
    and a.attempt = s.attempt offset 0)
  and not exists (select from run_events e where e.run_id = s.run_id and e.type = 'waiting'
    and substring(e.body from '"node"\\s*:\\s*(\\d+)') = s.node::text
    and substring(e.body from '"attempt"\\s*:\\s*(\\d+)') = s.attempt::text offset 0)`;

export const leakedStart: Check = {
  name: 'leaked_start',
  invariant: 11,
  meaning: 'A start that is written down belongs to a live run and to an attempt that goes on.',
  severity: 'error',
  find: ({ rows }) => `
    select s.run_id::text as subject, 'attempt ' || s.attempt || ' of node ' || s.node || case
        when ${WITHOUT_RUN} then ' is of no live run' else ' has ended' end as detail
    from (select * from started order by run_id desc limit ${rows()}) s
    where (${WITHOUT_RUN}) or (${ENDED})`,
  repair: {
    does: 'Deletes the start.',
    run: repairStatement(`
      delete from started d where (d.run_id, d.node, d.attempt) in (
        select s.run_id, s.node, s.attempt from started s
        where (${WITHOUT_RUN}) or (${ENDED}) limit 5000)
      returning d.run_id::text as subject`),
  },
};
