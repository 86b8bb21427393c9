import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import {
  CLASSIFICATIONS,
  RECOVERY_ACTIONS,
  RECOVERY_STATUSES,
  RECOVERY_TRIGGERS,
} from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const uuid = Type.String({ format: 'uuid' });
const text = Type.Union([Type.String(), Type.Null()]);
const anyObject = Type.Record(Type.String(), Type.Unknown());
const action = Type.Enum([...RECOVERY_ACTIONS]);
const trigger = Type.Enum([...RECOVERY_TRIGGERS]);
const classification = Type.Union([Type.Enum([...CLASSIFICATIONS]), Type.Null()]);

const sample = {
  session_id: '0199a1b2-8c3d-7e4f-8a5b-6c7d8e9f0a1b',
  job_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  trigger: 'failure',
  classification: 'transient',
  action: 'rollback_state',
  actor: 'policy',
};

/** One recovery: what called for it, what was done, and what came of it. */
export const RecoverySchema = Type.Object(
  {
    session_id: uuid,
    job_id: uuid,
    node_id: text,
    status: Type.Enum([...RECOVERY_STATUSES]),
    trigger,
    classification,
    error_type: text,
    action,
    parameters: anyObject,
    actor: Type.String(),
    reason: text,
    state_before: Type.String(),
    state_after: text,
    started_at: TimeSchema,
    completed_at: OptionalTimeSchema,
    progress: Type.Union(
      [
        Type.Object(
          { done: count, left: count },
          { ...closed, description: 'Nodes that are undone, and those that are still to be.' },
        ),
        Type.Null(),
      ],
      { description: 'Of a compensation that is going on in the server that was asked.' },
    ),
  },
  {
    ...closed,
    examples: [
      {
        ...sample,
        node_id: 'ship',
        status: 'running',
        error_type: 'http_503',
        parameters: { to: 'start' },
        reason: null,
        state_before: 'running',
        state_after: null,
        started_at: '2026-01-15T09:31:00.000Z',
        completed_at: null,
        progress: { done: 3, left: 5 },
      },
    ],
  },
);
export type Recovery = Static<typeof RecoverySchema>;

/** One row of the audit of recoveries; a session has one for its beginning and one for its end. */
export const RecoveryAuditSchema = Type.Object(
  {
    audit_id: uuid,
    session_id: uuid,
    job_id: uuid,
    event: Type.Enum(['started', 'completed', 'failed', 'cancelled']),
    trigger,
    classification,
    action,
    actor: Type.String(),
    state_before: Type.String(),
    state_after: text,
    success: Type.Union([Type.Boolean(), Type.Null()]),
    details: anyObject,
    at: TimeSchema,
  },
  {
    ...closed,
    examples: [
      {
        ...sample,
        audit_id: '0199a1b2-9c3d-7e4f-8a5b-6c7d8e9f0a1b',
        event: 'completed',
        state_before: 'running',
        state_after: 'running',
        success: true,
        details: { parameters: { to: 'start' } },
        at: '2026-01-15T09:31:04.000Z',
      },
    ],
  },
);
export type RecoveryAudit = Static<typeof RecoveryAuditSchema>;

/** How well the actions have worked lately. */
export const EffectivenessSchema = Type.Object(
  {
    sessions_counted: Type.Integer({
      minimum: 0,
      description: 'The newest sessions, at most 10,000 of them.',
    }),
    actions: Type.Array(
      Type.Object(
        {
          action,
          sessions: count,
          running: count,
          succeeded: count,
          success_rate: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
            description: 'Of the sessions that have ended; null before the first has.',
          }),
        },
        closed,
      ),
    ),
  },
  {
    ...closed,
    examples: [
      {
        sessions_counted: 41,
        actions: [
          { action: 'retry_job', sessions: 41, running: 1, succeeded: 38, success_rate: 0.95 },
        ],
      },
    ],
  },
);
export type Effectiveness = Static<typeof EffectivenessSchema>;

export const RecoveryListSchema = listSchema(RecoverySchema);
export const RecoveryAuditListSchema = listSchema(RecoveryAuditSchema);
