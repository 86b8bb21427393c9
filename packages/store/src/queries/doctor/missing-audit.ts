import { RUN_KIND_CODES } from '../run-columns.ts';
import type { Check } from './check.ts';

export const missingAudit: Check = {
  name: 'missing_audit',
  invariant: 22,
  meaning: 'Every run has the audit row of its creation, or a task that has made it.',
  severity: 'error',
  find: ({ sample }) => `
    select t.run_id::text as subject, 'no audit row tells of its creation' as detail
    from ${sample()} cross join lateral (
      select l.kind, l.task_id from run_live l where l.run_id = t.run_id
      union all select h.kind, h.task_id from runs h where h.run_id = t.run_id) r
    where r.kind <> ${RUN_KIND_CODES.task} and r.task_id is null and not exists (
      select from audit a where a.subject = t.run_id::text and a.action like '%.created' offset 0)`,
};
