import type { Check } from './check.ts';

export const auditGuard: Check = {
  name: 'audit_guard',
  invariant: 23,
  meaning: 'The database refuses to change or delete audit rows.',
  severity: 'error',
  find: () => `
    select 'audit' as subject, 'the trigger that refuses changes is gone or off' as detail
    where not exists (
      select from pg_trigger where tgrelid = 'audit'::regclass
        and tgname = 'audit_is_append_only' and tgenabled in ('O', 'A'))`,
};
