import Type, { type Static } from 'typebox';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import { NODE_STATUSES, RUN_STATUSES } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });

/** Why a run or a node does not go on, or is over. */
export const CAUSES = [
  // Of a run as a whole.
  'scheduled',
  'queued',
  'no_engine',
  'owner_lost',
  'paused',
  'cancelling',
  'retrying',
  'recovering',
  'message',
  'over',
  // Of a node, or of both.
  'run_not_started',
  'parents',
  'group',
  'group_full',
  'cleanup',
  'max_concurrent_nodes',
  'engine_slots',
  'other_engine',
  'running',
  'children',
  'retry',
  'sleep',
  'sub_run',
  'signal',
  'phase',
  'event',
  'intervention',
  'approval',
  'circuit',
  'completed',
  'failed',
  'upstream_failed',
  'skipped',
  'cancelled',
] as const;
export type Cause = (typeof CAUSES)[number];

/** One reason to wait: what keeps it, and what would free it. */
export const ReasonToWaitSchema = Type.Object(
  {
    cause: Type.Enum([...CAUSES]),
    detail: Type.String({ description: 'The same as a sentence.' }),
    frees: Type.Union([Type.String(), Type.Null()], {
      description: 'What would free it; null when nothing will.',
    }),
    since: OptionalTimeSchema,
    until: Type.Union([TimeSchema, Type.Null()], {
      description: 'When it ends by itself at the latest, where that is known.',
    }),
    of: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'Ids and numbers that the sentence speaks of.',
      }),
    ),
  },
  {
    ...closed,
    examples: [
      {
        cause: 'retry',
        detail: 'Attempt 2 of 4 failed (http_503); the next is made at 2026-01-15T09:30:08.000Z.',
        frees: 'Its time; a cancel of the retry ends the wait.',
        since: null,
        until: '2026-01-15T09:30:08.000Z',
        of: { attempts: 2, max_attempts: 4 },
      },
    ],
  },
);
export type ReasonToWait = Static<typeof ReasonToWaitSchema>;

/** The answer of `GET /runs/{run_id}/explain`. */
export const ExplanationSchema = Type.Object(
  {
    run_id: Type.String({ format: 'uuid' }),
    status: Type.Enum([...RUN_STATUSES]),
    summary: Type.String({ description: 'The state of the run in one sentence.' }),
    reasons: Type.Array(ReasonToWaitSchema),
    nodes: Type.Array(
      Type.Object(
        {
          node_id: Type.String(),
          status: Type.Enum([...NODE_STATUSES]),
          reasons: Type.Array(ReasonToWaitSchema),
        },
        closed,
      ),
      { description: 'Those that are under way first; at most 100.' },
    ),
    nodes_omitted: count,
    causes: Type.Record(Type.String(), count, {
      description: 'How many nodes each cause holds, those that are not shown included.',
    }),
    nodes_unseen: Type.Integer({
      minimum: 0,
      description: 'Nodes of a very large run that were not looked at.',
    }),
  },
  {
    ...closed,
    examples: [
      {
        run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        status: 'running',
        summary: '1 node waits for a retry, 1 for its parents.',
        reasons: [],
        nodes: [
          {
            node_id: 'build',
            status: 'waiting',
            reasons: [
              {
                cause: 'retry',
                detail:
                  'Attempt 2 of 4 failed (http_503); the next is made at 2026-01-15T09:30:08.000Z.',
                frees: 'Its time; a cancel of the retry ends the wait.',
                since: null,
                until: '2026-01-15T09:30:08.000Z',
                of: { attempts: 2, max_attempts: 4 },
              },
            ],
          },
        ],
        nodes_omitted: 0,
        causes: { retry: 1, parents: 1 },
        nodes_unseen: 0,
      },
    ],
  },
);
export type Explanation = Static<typeof ExplanationSchema>;
