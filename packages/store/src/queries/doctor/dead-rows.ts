import type { Check } from './check.ts';

/** So many dead rows are nothing yet, whatever the table. */
const FEW = 100_000;

export const deadRows: Check = {
  name: 'dead_rows',
  meaning: 'The tables that engines work on hold few dead rows: vacuum keeps up.',
  severity: 'warning',
  find: () => `
    select relname::text as subject, 'has ' || n_dead_tup || ' dead rows beside ' || n_live_tup
      || ' live ones' as detail
    from pg_stat_user_tables
    where schemaname = current_schema() and n_dead_tup > n_live_tup + ${FEW}`,
};
