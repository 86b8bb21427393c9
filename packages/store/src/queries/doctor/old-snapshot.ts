import type { Check } from './check.ts';

/** Nothing here takes longer; a backup may, and is worth knowing of. */
const OLD = `interval '10 minutes'`;

export const oldSnapshot: Check = {
  name: 'old_snapshot',
  meaning:
    'No transaction stays open for long: dead rows could not be removed, and claims slow down.',
  severity: 'warning',
  find: () => `
    select 'session ' || pid as subject, coalesce(nullif(application_name, ''), 'a client')
      || ' has had a transaction open since '
      || to_char(xact_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as detail
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_xmin is not null
      and xact_start < now() - ${OLD}
    union all
    select 'prepared ' || gid, 'has been open since '
      || to_char(prepared at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    from pg_prepared_xacts where database = current_database() and prepared < now() - ${OLD}`,
};
