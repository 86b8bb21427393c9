/** The parts of a flush that write to tables which few flushes write to. */
import type { JsonObject } from '@tenuto/contract';
import type { Aside, AsideKind } from '@tenuto/engine';
import type { Part } from './flush-part.ts';
import { INTERVENTION_FACTS } from './intervention-decide.ts';
import { noticePart } from './notices.ts';

/** What is done with the rows of each kind, which come as one JSON document. */
const STATEMENTS: Readonly<Record<AsideKind, string>> = {
  recovery: `insert into recoveries
    select r.* from gate, jsonb_populate_recordset(null::recoveries, ?::jsonb) r`,
  recovery_audit: `insert into recovery_audits
    select r.* from gate, jsonb_populate_recordset(null::recovery_audits, ?::jsonb) r
    returning *`,
  intervention: `insert into interventions (intervention_id, run_id, owner, session_id, node,
      node_id, message, error, state, assignee, opened_at, deadline_at, default_resolution)
    select r.intervention_id, r.run_id, r.owner, r.session_id, r.node, r.node_id, r.message,
      r.error, r.state, r.assignee, r.opened_at, r.deadline_at, r.default_resolution
    from gate, jsonb_populate_recordset(null::interventions, ?::jsonb) r
    returning *`,
  intervention_closed: `update interventions i
    set state = 'cancelled', resolved_at = r.at, version = i.version + 1
    from gate, jsonb_to_recordset(?::jsonb) r(intervention_id uuid, at timestamptz)
    where i.intervention_id = r.intervention_id and i.state in ('open', 'assigned')`,
  effect: `insert into effects (run_id, node, attempt, key, action, target, intended_at)
    select r.run_id, r.node, r.attempt, r.key, r.action, r.target, r.intended_at
    from gate, jsonb_populate_recordset(null::effects, ?::jsonb) r
    on conflict (run_id, node, attempt) do update set key = excluded.key,
      action = excluded.action, target = excluded.target, intended_at = excluded.intended_at
    where effects.outcome is null`,
  effect_ended: `update effects e set outcome = r.outcome, ended_at = r.ended_at
    from gate, jsonb_populate_recordset(null::effects, ?::jsonb) r
    where e.run_id = r.run_id and e.node = r.node and e.attempt = r.attempt`,
};

/** What is told of new rows, beside writing them. */
const NOTICES: Partial<Record<AsideKind, string>> = {
  recovery_audit: noticePart({
    changed: 'recovery_audit c',
    event: "(case when c.event = 'failed' then 'recovery.failed' end)",
    owner: 'c.owner',
    runId: 'c.run_id',
    payload: `jsonb_build_object('session_id', c.session_id, 'action', c.action,
      'trigger', c.trigger, 'classification', c.classification, 'details', c.details)`,
  }),
  intervention: noticePart({
    changed: 'intervention c',
    event: "'intervention.opened'",
    owner: 'c.owner',
    runId: 'c.run_id',
    payload: INTERVENTION_FACTS,
  }),
};
const KINDS = Object.keys(STATEMENTS) as AsideKind[];

/** What the database takes as JSON: no NUL, no half of a character, whatever an action has said. */
function documentOf(rows: readonly JsonObject[]): string {
  return JSON.stringify(rows, (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value,
  );
}

export function asideParts(asides: readonly Aside[]): readonly Part[] {
  if (asides.length === 0) return [];
  return KINDS.flatMap((kind) => {
    const rows = asides.filter((aside) => aside.kind === kind).map((aside) => aside.row);
    if (rows.length === 0) return [];
    const notice = NOTICES[kind];
    const told = notice === undefined ? '' : `, ${kind}_noticed as (${notice})`;
    const sql = `${kind} as (${STATEMENTS[kind]})${told}`;
    return [{ name: kind, sql, values: [documentOf(rows)] }];
  });
}
