import { type Check, LIVE } from './check.ts';

const WAITING = `('pending', 'queued', 'scheduled')`;

export const liveStatus: Check = {
  name: 'live_status',
  invariant: 4,
  meaning: 'A live run has a status that its owner and its start allow, and has not completed.',
  severity: 'error',
  find: ({ sample }) => `
    select r.run_id::text as subject, 'is live and says ' || r.status as detail from run_live r
    where r.status = 'completed'
    union all
    select r.run_id::text, r.status || ', and ' || case
        when r.engine is not null then 'an engine owns it' else 'it has been started' end
    from ${sample()} ${LIVE}
    where r.status in ${WAITING} and (r.engine is not null or r.started_at is not null)
    union all
    select r.run_id::text, r.status || ', and it was never started'
    from ${sample()} ${LIVE}
    where r.status in ('running', 'failed', 'cancelled', 'timeout', 'retrying', 'recovering', 'aborted')
      and r.started_at is null`,
};
