import Type, { type Static } from 'typebox';
import { NodeErrorSchema, WaitSchema } from './node-view.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import {
  ATTEMPT_KINDS,
  INTERVENTION_STATES,
  NODE_STATUSES,
  RECOVERY_ACTIONS,
  RESOLUTIONS,
  RUN_STATUSES,
} from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const text = Type.Union([Type.String(), Type.Null()]);
const status = Type.Enum([...RUN_STATUSES]);
const counts = Type.Object(
  { pending: count, running: count, completed: count, failed: count, skipped: count },
  closed,
);
const nodeId = Type.Union([Type.String(), Type.Null()], {
  description: 'Null when it is about the run as a whole.',
});
const attempt = Type.Integer({ minimum: 1 });

/** What every entry of a run's feed has. */
const entry = {
  seq: Type.Integer({
    minimum: 1,
    description: 'Its number in the feed: from 1 on, without gaps, the same for everybody.',
  }),
  at: TimeSchema,
} as const;

/** The run has another status. */
export const RunFeedStatusSchema = Type.Object(
  {
    ...entry,
    type: Type.Literal('run'),
    from: Type.Union([status, Type.Null()]),
    to: status,
    reason: text,
    actor: text,
  },
  closed,
);

/** An attempt has begun (told of those that take some seconds), waits, or has ended. */
export const RunFeedNodeSchema = Type.Object(
  {
    ...entry,
    type: Type.Literal('node'),
    node_id: Type.String(),
    status: Type.Enum([...NODE_STATUSES]),
    attempt,
    generation: Type.Optional(count),
    kind: Type.Optional(Type.Enum([...ATTEMPT_KINDS])),
    started_at: Type.Optional(OptionalTimeSchema),
    duration_ms: Type.Optional(Type.Union([Type.Number({ minimum: 0 }), Type.Null()])),
    retry_at: Type.Optional(OptionalTimeSchema),
    error: Type.Optional(Type.Union([NodeErrorSchema, Type.Null()])),
    waiting_for: Type.Optional(WaitSchema),
  },
  closed,
);

/** A line that an attempt has written. */
export const RunFeedLogSchema = Type.Object(
  {
    ...entry,
    type: Type.Literal('log'),
    node_id: Type.String(),
    attempt,
    line: Type.Integer({ minimum: 1, description: 'The `seq` of the line among its attempt.' }),
    stream: Type.String(),
    text: Type.String(),
    cut: Type.Optional(
      Type.Integer({
        description:
          'Present when the text is cut: its length in bytes. The whole stands in the logs of the ' +
          'node, under the same attempt and line.',
      }),
    ),
  },
  closed,
);

/** A file that an attempt has left, or taken away. */
export const RunFeedArtifactSchema = Type.Object(
  {
    ...entry,
    type: Type.Literal('artifact'),
    node_id: nodeId,
    attempt: count,
    artifact_id: Type.String(),
    phase: text,
    path: Type.String(),
    artifact_type: Type.String(),
    media_type: Type.String(),
    size_bytes: count,
    sha256: text,
    gone: Type.Boolean({ description: 'There is no file of this path from here on.' }),
  },
  closed,
);

/** A call of a model has been answered. */
export const RunFeedCostSchema = Type.Object(
  {
    ...entry,
    type: Type.Literal('cost'),
    node_id: Type.String(),
    attempt: count,
    phase: text,
    agent: Type.String(),
    model: Type.String(),
    input_tokens: count,
    output_tokens: count,
    cached_tokens: count,
    cost_usd: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: 'Null when no price of the model is known.',
    }),
  },
  closed,
);

/** A person is asked, or has answered. */
export const RunFeedInterventionSchema = Type.Object(
  {
    ...entry,
    type: Type.Literal('intervention'),
    intervention_id: Type.String({ format: 'uuid' }),
    node_id: nodeId,
    state: Type.Enum([...INTERVENTION_STATES]),
    message: Type.String(),
    assignee: text,
    deadline_at: OptionalTimeSchema,
    resolution: Type.Union([Type.Enum([...RESOLUTIONS]), Type.Null()]),
    resolved_by: text,
  },
  closed,
);

/** An approval is asked for, somebody has voted, or it is decided. */
export const RunFeedApprovalSchema = Type.Object(
  {
    ...entry,
    type: Type.Literal('approval'),
    approval_id: Type.String(),
    node_id: Type.String(),
    what: Type.Enum(['asked', 'vote', 'decided']),
    state: Type.String(),
    title: Type.String(),
    phase: text,
    required: Type.Integer({ minimum: 1, description: 'Approvals that it takes.' }),
    by: text,
    decision: text,
    comment: text,
    deadline_at: OptionalTimeSchema,
  },
  closed,
);

/** A recovery, by hand or by the run's policy, that no attempt's end tells of. */
export const RunFeedRecoverySchema = Type.Object(
  {
    ...entry,
    type: Type.Literal('recovery'),
    session_id: Type.String(),
    action: Type.Enum([...RECOVERY_ACTIONS]),
    trigger: Type.String(),
    node_id: nodeId,
    actor: text,
    reason: text,
  },
  closed,
);

/** A message has reached the run, or was refused, or a result came too late. */
export const RunFeedNoteSchema = Type.Object(
  {
    ...entry,
    type: Type.Literal('note'),
    what: Type.Enum(['signal', 'give_up', 'late', 'refused']),
    node_id: nodeId,
    name: text,
    reason: text,
    actor: text,
  },
  closed,
);

/** The run is over, and everything that it left has been told. */
export const RunFeedEndSchema = Type.Object(
  {
    ...entry,
    type: Type.Literal('end'),
    status,
    counts,
    duration_ms: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
    error: Type.Union([NodeErrorSchema, Type.Null()]),
  },
  closed,
);

const example = {
  seq: 7,
  at: '2026-01-15T09:30:00.180Z',
  type: 'node',
  node_id: 'health',
  status: 'completed',
  attempt: 1,
  generation: 0,
  kind: 'work',
  started_at: '2026-01-15T09:30:00.120Z',
  duration_ms: 60,
  retry_at: null,
  error: null,
};

/** One entry of a run's feed. */
export const RunFeedEntrySchema = Type.Union(
  [
    RunFeedStatusSchema,
    RunFeedNodeSchema,
    RunFeedLogSchema,
    RunFeedArtifactSchema,
    RunFeedCostSchema,
    RunFeedInterventionSchema,
    RunFeedApprovalSchema,
    RunFeedRecoverySchema,
    RunFeedNoteSchema,
    RunFeedEndSchema,
  ],
  { examples: [example] },
);
export type RunFeedEntry = Static<typeof RunFeedEntrySchema>;
export type RunFeedType = RunFeedEntry['type'];

/** How far the run is, between entries: without a number, and never told again. */
export const RunProgressSchema = Type.Object(
  {
    type: Type.Literal('progress'),
    at: TimeSchema,
    status,
    progress_percentage: Type.Number({ minimum: 0, maximum: 100 }),
    counts,
    current_node_ids: Type.Array(Type.String()),
  },
  {
    ...closed,
    examples: [
      {
        type: 'progress',
        at: '2026-01-15T09:30:00.150Z',
        status: 'running',
        progress_percentage: 50,
        counts: { pending: 1, running: 1, completed: 2, failed: 0, skipped: 0 },
        current_node_ids: ['health'],
      },
    ],
  },
);
export type RunProgressView = Static<typeof RunProgressSchema>;

/** Why a stream is closed by the server. */
export const STREAM_CLOSINGS = [
  'ended',
  'draining',
  'slow',
  'unauthorized',
  'gone',
  'reset',
] as const;
export type StreamClosing = (typeof STREAM_CLOSINGS)[number];

/**
 * What each closing means to a client: the code of a WebSocket, and whether coming back behind the
 * last entry helps.
 */
export const STREAM_CLOSING_CODES: Readonly<
  Record<StreamClosing, { readonly code: number; readonly reconnect: boolean }>
> = {
  ended: { code: 1000, reconnect: false },
  draining: { code: 1012, reconnect: true },
  slow: { code: 4408, reconnect: true },
  unauthorized: { code: 4401, reconnect: false },
  gone: { code: 4404, reconnect: false },
  reset: { code: 4409, reconnect: false },
};

/** The last message of a stream. */
export const StreamCloseSchema = Type.Object(
  {
    type: Type.Literal('close'),
    reason: Type.Enum([...STREAM_CLOSINGS]),
    reconnect: Type.Boolean({
      description: 'Whether coming back behind the last entry leads on.',
    }),
  },
  { ...closed, examples: [{ type: 'close', reason: 'ended', reconnect: false }] },
);
export type StreamClose = Static<typeof StreamCloseSchema>;

/** What a stream carries. */
export const RunStreamMessageSchema = Type.Union(
  [...RunFeedEntrySchema.anyOf, RunProgressSchema, StreamCloseSchema],
  { examples: [example] },
);
export type RunStreamMessage = Static<typeof RunStreamMessageSchema>;
