import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import {
  ATTEMPT_KINDS,
  ATTEMPT_STATUSES,
  CLASSIFICATIONS,
  NODE_STATUSES,
  NODE_TYPES,
} from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const text = Type.Union([Type.String(), Type.Null()]);

export const NodeErrorSchema = Type.Object(
  {
    type: Type.String(),
    message: Type.String(),
    classification: Type.Optional(Type.Enum([...CLASSIFICATIONS])),
    node_id: Type.Optional(Type.String()),
    details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  closed,
);

/** What a waiting node waits for: a time, a run, a message, a person. */
export const WaitSchema = Type.Object(
  {
    until: Type.Optional(TimeSchema),
    run_id: Type.Optional(Type.String()),
    signal: Type.Optional(Type.String()),
    topic: Type.Optional(Type.String({ description: 'An event on it is awaited.' })),
    intervention: Type.Optional(Type.String({ format: 'uuid' })),
    approval: Type.Optional(Type.String({ format: 'uuid' })),
    circuit: Type.Optional(Type.String()),
  },
  closed,
);

export const JobNodeSchema = Type.Object(
  {
    node_id: Type.String(),
    index: count,
    name: text,
    type: Type.Enum([...NODE_TYPES]),
    uses: text,
    status: Type.Enum([...NODE_STATUSES]),
    attempts: count,
    parent_nodes: Type.Array(Type.String()),
    output: Type.Unknown(),
    error: Type.Union([NodeErrorSchema, Type.Null()]),
    started_at: Type.Union([TimeSchema, Type.Null()], {
      description: 'Of the first attempt in its generation.',
    }),
    completed_at: OptionalTimeSchema,
    duration_ms: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: 'What its attempts in its generation have taken, without what lay between them.',
    }),
    generation: Type.Integer({
      minimum: 0,
      description: 'How often the node was begun anew, by a recovery or by hand.',
    }),
    kind: Type.Enum([...ATTEMPT_KINDS], {
      description: 'What its present or last attempt is for.',
    }),
    waiting_for: Type.Union([WaitSchema, Type.Null()]),
    with: Type.Optional(
      Type.Unknown({
        description:
          'What it is given, as it was written: `${...}` stand as they are. Only where one node is asked for.',
      }),
    ),
  },
  {
    ...closed,
    examples: [
      {
        node_id: 'health',
        index: 0,
        name: null,
        type: 'action',
        uses: 'http.request',
        status: 'completed',
        attempts: 1,
        parent_nodes: [],
        output: { status: 200 },
        error: null,
        started_at: '2026-01-15T09:30:00.120Z',
        completed_at: '2026-01-15T09:30:00.180Z',
        duration_ms: 60,
        generation: 0,
        kind: 'work',
        waiting_for: null,
      },
    ],
  },
);
export type JobNode = Static<typeof JobNodeSchema>;

export const AttemptSchema = Type.Object(
  {
    node_id: Type.String(),
    attempt: Type.Integer({ minimum: 1 }),
    generation: count,
    kind: Type.Enum([...ATTEMPT_KINDS]),
    status: Type.Enum([...ATTEMPT_STATUSES]),
    started_at: OptionalTimeSchema,
    completed_at: TimeSchema,
    duration_ms: Type.Union([Type.Number(), Type.Null()]),
    retry_at: OptionalTimeSchema,
    output: Type.Unknown(),
    error: Type.Union([NodeErrorSchema, Type.Null()]),
  },
  {
    ...closed,
    examples: [
      {
        node_id: 'health',
        attempt: 1,
        generation: 0,
        kind: 'work',
        status: 'completed',
        started_at: '2026-01-15T09:30:00.120Z',
        completed_at: '2026-01-15T09:30:00.180Z',
        duration_ms: 60,
        retry_at: null,
        output: { status: 200 },
        error: null,
      },
    ],
  },
);
export type Attempt = Static<typeof AttemptSchema>;

export const LogLineSchema = Type.Object(
  {
    attempt: Type.Integer({ minimum: 1 }),
    seq: count,
    at: TimeSchema,
    stream: Type.String(),
    text: Type.String(),
  },
  {
    ...closed,
    examples: [
      { attempt: 1, seq: 1, at: '2026-01-15T09:30:00.150Z', stream: 'stdout', text: '12 passed' },
    ],
  },
);
export type LogLine = Static<typeof LogLineSchema>;

export const JobNodeListSchema = listSchema(JobNodeSchema);
export const AttemptListSchema = listSchema(AttemptSchema);
export const LogLineListSchema = listSchema(LogLineSchema);
