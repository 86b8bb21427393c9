import type { Check } from './check.ts';

export const auditGuard: Check = {
  name: 'audit_guard',
  invariant: 23,
  meaning: 'The database refuses to change or delete audit rows.',
  severity: 'error',
  find: () => `
    select t.name as subject, 'the trigger that refuses changes is gone or off' as detail
    from (values ('audit', 'audit_is_append_only'),
      ('audit_seals', 'audit_seals_are_append_only')) t(name, guard)
    where not exists (
      select from pg_trigger where tgrelid = t.name::regclass
        and tgname = t.guard and tgenabled in ('O', 'A'))`,
};
