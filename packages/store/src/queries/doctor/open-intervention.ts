import type { Check } from './check.ts';
import { repairStatement } from './repair.ts';

/** Upkeep closes what is left of runs that are over; it comes every ten minutes. */
const FORGOTTEN = `i.state in ('open', 'assigned')
  and not exists (select from run_live r where r.run_id = i.run_id)
  and not exists (select from runs h where h.run_id = i.run_id
    and h.completed_at > now() - interval '1 hour' offset 0)`;

export const openIntervention: Check = {
  name: 'open_intervention',
  invariant: 33,
  meaning: 'Nobody is asked to decide about a run that is over.',
  severity: 'error',
  find: ({ rows }) => `
    select i.intervention_id::text as subject,
      'is ' || i.state || ', and run ' || i.run_id || ' is over' as detail
    from (select * from interventions where state in ('open', 'assigned')
          order by state, intervention_id desc limit ${rows()}) i where ${FORGOTTEN}`,
  repair: {
    does: 'Closes the intervention as cancelled.',
    run: repairStatement(`
      update interventions d set state = 'cancelled', resolved_at = clock_timestamp(),
        version = d.version + 1
      where d.intervention_id in (
        select i.intervention_id from interventions i where ${FORGOTTEN} limit 5000)
      returning d.intervention_id::text as subject`),
  },
};
