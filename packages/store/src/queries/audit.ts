import type { AuditEntry } from '@tenuto/engine';
import type { Parameters } from './database.ts';

/**
 * The part of a statement that writes an audit row if, and only if, `changed` has one: the change
 * and its record are then one statement.
 * @param changed name of the common table expression that holds the changed row
 * @param subject SQL of the subject, where it is known only with the row
 */
export function auditPart(
  entry: AuditEntry,
  changed: string,
  given: Parameters,
  subject: string = given.add(entry.subject),
): string {
  return `insert into audit (audit_id, at, actor, action, subject, details, request_id)
    select uuid_v7(), clock_timestamp(), ${given.add(entry.actor)}, ${given.add(entry.action)},
      ${subject}, ${given.add(JSON.stringify(entry.details))},
      ${given.add(entry.requestId ?? null)}
    from ${changed}`;
}
