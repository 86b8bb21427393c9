import type { Check } from './check.ts';

export const durability: Check = {
  name: 'durability',
  invariant: 30,
  meaning: 'The database keeps what it has confirmed, whatever crashes.',
  severity: 'warning',
  find: () => `
    select name as subject, case name
        when 'synchronous_commit' then 'is off: a crash may lose what was just acknowledged'
        else 'is off: a crash of the machine may destroy data' end as detail
    from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'`,
};
