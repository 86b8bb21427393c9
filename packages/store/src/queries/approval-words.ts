/** What is told of the approval `c`: SQL. */

/** In messages about it. */
export const APPROVAL_FACTS = `jsonb_strip_nulls(jsonb_build_object('approval_id', c.approval_id,
  'node_id', c.node_id, 'phase', c.phase, 'title', c.title, 'message', c.message,
  'state', c.state, 'approvers', to_jsonb(c.approvers), 'required', c.required,
  'approved_by', c.approved_by, 'deadline_at', c.deadline_at, 'on_deadline', c.on_deadline,
  'reason', c.reason))`;

/** What its node gets for its output. */
export const APPROVAL_ANSWER = `jsonb_strip_nulls(jsonb_build_object(
  'approved', c.state = 'approved', 'decisions', c.decisions, 'reason', c.reason))`;

/** What its run's inbox is told, as JSON text. @param actor SQL */
export function approvalMessage(actor: string): string {
  return `jsonb_build_object('actor', ${actor}, 'name', 'approval:' || c.approval_id,
    'payload', ${APPROVAL_ANSWER})::text`;
}

/** The present moment, as the API writes times. */
export const NOW_TEXT = `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
