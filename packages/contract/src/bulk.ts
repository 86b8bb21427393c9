import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { TimeSchema } from './time.ts';
import { RUN_KINDS, RUN_STATUSES, WAITING_FOR } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });

export const BULK_ACTIONS = ['cancel', 'retry', 'pause', 'resume', 'reprioritise'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/**
 * What came of a run. `changed`: it is done. `asked`: its engine has been told and will do it.
 * `unchanged`: it was so before. `refused`: its state does not allow it. `failed`: try again.
 */
export const BULK_OUTCOMES = ['changed', 'asked', 'unchanged', 'refused', 'failed'] as const;
export type BulkOutcome = (typeof BULK_OUTCOMES)[number];

/** Which runs: the filters of the list of runs; all that is said must hold. */
export const BulkFilterSchema = Type.Object(
  {
    status: Type.Optional(Type.Array(Type.Enum([...RUN_STATUSES]), { minItems: 1 })),
    created_after: Type.Optional(TimeSchema),
    created_before: Type.Optional(TimeSchema),
    target_type: Type.Optional(Type.String({ description: 'The job type.' })),
    tag: Type.Optional(Type.String()),
    name: Type.Optional(
      Type.String({ description: 'The whole name, or how it begins when it ends with `*`.' }),
    ),
    kind: Type.Optional(
      Type.Enum([...RUN_KINDS, 'any'], { description: 'Jobs, where nothing else is said.' }),
    ),
    profile: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    task_id: Type.Optional(Type.String({ format: 'uuid' })),
    waiting_for: Type.Optional(Type.Enum([...WAITING_FOR])),
    run_ids: Type.Optional(
      Type.Array(Type.String({ format: 'uuid' }), {
        minItems: 1,
        maxItems: LIMITS.bulkIds,
        uniqueItems: true,
        description: 'Only these.',
      }),
    ),
    metadata: Type.Optional(Type.Record(Type.String({ maxLength: 200 }), Type.String())),
  },
  { ...closed, minProperties: 1 },
);
export type BulkFilter = Static<typeof BulkFilterSchema>;

/** The body of `POST /runs/bulk`. */
export const BulkRequestSchema = Type.Object(
  {
    filter: BulkFilterSchema,
    action: Type.Enum([...BULK_ACTIONS]),
    priority: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10, description: 'With `reprioritise`.' }),
    ),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.reasonChars })),
    cursor: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: '`next_cursor` of the answer before.',
      }),
    ),
    dry_run: Type.Optional(
      Type.Boolean({ default: false, description: 'Only say what would happen.' }),
    ),
  },
  {
    ...closed,
    examples: [{ filter: { status: ['failed'], tag: 'nightly' }, action: 'retry', dry_run: true }],
  },
);
export type BulkRequest = Static<typeof BulkRequestSchema>;

const item = Type.Object(
  {
    run_id: Type.String({ format: 'uuid' }),
    name: Type.String(),
    status: Type.Enum([...RUN_STATUSES], { description: 'Before.' }),
    outcome: Type.Enum([...BULK_OUTCOMES]),
    detail: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
);
export type BulkItem = Static<typeof item>;

/** What was done, or would be. */
export const BulkAnswerSchema = Type.Object(
  {
    action: Type.Enum([...BULK_ACTIONS]),
    dry_run: Type.Boolean(),
    matched: count,
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description:
        'More match than one request changes (10,000, or what takes ten seconds): send it again with this as `cursor`.',
    }),
    outcomes: Type.Object(
      { changed: count, asked: count, unchanged: count, refused: count, failed: count },
      closed,
    ),
    items: Type.Array(item, { description: 'The first of them, newest first.' }),
    failures: Type.Array(item, { description: 'The first that were refused or failed.' }),
  },
  {
    ...closed,
    examples: [
      {
        action: 'retry',
        dry_run: true,
        matched: 1,
        next_cursor: null,
        outcomes: { changed: 1, asked: 0, unchanged: 0, refused: 0, failed: 0 },
        items: [
          {
            run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
            name: 'nightly checks',
            status: 'failed',
            outcome: 'changed',
            detail: null,
          },
        ],
        failures: [],
      },
    ],
  },
);
export type BulkAnswer = Static<typeof BulkAnswerSchema>;
