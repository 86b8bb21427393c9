import { type Check, LIVE } from './check.ts';

export const runTwice: Check = {
  name: 'run_twice',
  invariant: 4,
  meaning: 'A run is either live or over, never both.',
  severity: 'error',
  find: ({ sample }) => `
    select r.run_id::text as subject,
      'is live (' || r.status || ') and over (' || h.status || ')' as detail
    from ${sample()} ${LIVE}
    cross join lateral (select h.status from runs h where h.run_id = t.run_id offset 0) h`,
};
