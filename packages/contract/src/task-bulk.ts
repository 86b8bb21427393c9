import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const uuid = Type.String({ format: 'uuid' });

export const TASK_BULK_ACTIONS = ['pause', 'resume'] as const;
export type TaskBulkAction = (typeof TASK_BULK_ACTIONS)[number];

/** What came of a task: it is done, its state does not allow it, or it may be tried again. */
export const TASK_BULK_OUTCOMES = ['changed', 'refused', 'failed'] as const;
export type TaskBulkOutcome = (typeof TASK_BULK_OUTCOMES)[number];

/** The body of `POST /tasks/bulk`. */
export const BulkTasksSchema = Type.Object(
  {
    action: Type.Enum([...TASK_BULK_ACTIONS]),
    task_ids: Type.Array(uuid, { minItems: 1, maxItems: LIMITS.bulkIds, uniqueItems: true }),
  },
  {
    ...closed,
    examples: [{ action: 'pause', task_ids: ['0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b'] }],
  },
);
export type BulkTasks = Static<typeof BulkTasksSchema>;

/** What was done. */
export const BulkTasksAnswerSchema = Type.Object(
  {
    action: Type.Enum([...TASK_BULK_ACTIONS]),
    outcomes: Type.Object({ changed: count, refused: count, failed: count }, closed),
    failures: Type.Array(
      Type.Object(
        { task_id: uuid, outcome: Type.Enum([...TASK_BULK_OUTCOMES]), detail: Type.String() },
        closed,
      ),
      { description: 'Those that were refused or failed.' },
    ),
  },
  {
    ...closed,
    examples: [{ action: 'pause', outcomes: { changed: 1, refused: 0, failed: 0 }, failures: [] }],
  },
);
export type BulkTasksAnswer = Static<typeof BulkTasksAnswerSchema>;
