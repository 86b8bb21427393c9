import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { listSchema } from './list.ts';
import { NodeErrorSchema } from './node-view.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import { INTERVENTION_STATES, RESOLUTIONS } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const uuid = Type.String({ format: 'uuid' });
const text = Type.Union([Type.String(), Type.Null()]);
const resolution = Type.Enum([...RESOLUTIONS]);

/** What waits for a decision of a person or an agent. */
export const InterventionSchema = Type.Object(
  {
    intervention_id: uuid,
    job_id: uuid,
    session_id: uuid,
    node_id: Type.Union([Type.String(), Type.Null()], {
      description: 'Null when it is about the job as a whole.',
    }),
    state: Type.Enum([...INTERVENTION_STATES]),
    message: Type.String(),
    error: Type.Union([NodeErrorSchema, Type.Null()]),
    assignee: text,
    opened_at: TimeSchema,
    deadline_at: OptionalTimeSchema,
    default_resolution: Type.Enum([...RESOLUTIONS], {
      description: 'What is decided when the deadline passes.',
    }),
    resolution: Type.Union([resolution, Type.Null()]),
    result: Type.Unknown(),
    resolved_by: text,
    resolved_at: OptionalTimeSchema,
    version: Type.Integer({ minimum: 1 }),
  },
  {
    ...closed,
    examples: [
      {
        intervention_id: '0199a1b2-ac3d-7e4f-8a5b-6c7d8e9f0a1b',
        job_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        session_id: '0199a1b2-8c3d-7e4f-8a5b-6c7d8e9f0a1b',
        node_id: 'publish',
        state: 'open',
        message: 'The registry refused the package.',
        error: {
          type: 'http_403',
          message: 'The registry refused the package.',
          classification: 'permanent',
        },
        assignee: null,
        opened_at: '2026-01-15T09:31:00.000Z',
        deadline_at: '2026-01-15T17:00:00.000Z',
        default_resolution: 'abort',
        resolution: null,
        result: null,
        resolved_by: null,
        resolved_at: null,
        version: 1,
      },
    ],
  },
);
export type Intervention = Static<typeof InterventionSchema>;

export const AssignInterventionSchema = Type.Object(
  {
    assignee: Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Null()], {
      description: 'Null gives it back to whoever takes it.',
    }),
  },
  { ...closed, examples: [{ assignee: 'ann' }] },
);
export type AssignIntervention = Static<typeof AssignInterventionSchema>;

export const ResolveInterventionSchema = Type.Object(
  {
    resolution: Type.Enum([...RESOLUTIONS], {
      description: '`retry`: again, with fresh attempts. `skip`: go on as if it had completed.',
    }),
    result: Type.Optional(
      Type.Unknown({ description: 'With `skip`: the output that the node is given.' }),
    ),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.reasonChars })),
  },
  {
    ...closed,
    examples: [{ resolution: 'skip', result: { version: '1.4.0' }, reason: 'published by hand' }],
  },
);
export type ResolveIntervention = Static<typeof ResolveInterventionSchema>;

export const InterventionListSchema = listSchema(InterventionSchema);
