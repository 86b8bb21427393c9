import type { Check } from './check.ts';

export const auditUnsealed: Check = {
  name: 'audit_unsealed',
  invariant: 23,
  meaning: 'Audit rows are sealed soon: none stays without a seal for an hour.',
  severity: 'warning',
  find: () => `
    select a.audit_id::text as subject, 'unsealed since ' || a.at as detail
    from (select to_position, to_id from audit_seals order by seal_no desc limit 1) s
    cross join lateral (
      select * from audit a where (a.position, a.audit_id) > (s.to_position, s.to_id)
      order by a.position, a.audit_id limit 1) a
    where a.at < clock_timestamp() - interval '1 hour'`,
};
