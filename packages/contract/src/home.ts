import Type, { type Static, type TObject } from 'typebox';
import { StoredBudgetSchema } from './budget.ts';
import { CircuitSchema } from './circuit.ts';
import { HealthSchema } from './health.ts';
import { RunStatsSchema } from './run-stats.ts';
import { RunSummarySchema } from './run-view.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const uuid = Type.String({ format: 'uuid' });
const ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';

/** The first of some things, and how many there are. */
function some<Item extends TObject>(item: Item, description: string) {
  const listed = Type.Object(
    { items: Type.Array(item), total: Type.Integer({ minimum: 0 }) },
    closed,
  );
  return Type.Union([listed, Type.Null()], { description });
}

function example(schema: TObject): { readonly items: readonly unknown[]; readonly total: number } {
  const examples: unknown = Reflect.get(schema, 'examples');
  return { items: Array.isArray(examples) ? examples.slice(0, 1) : [], total: 1 };
}

/** A task whose last run that ended has failed. */
export const FailingTaskSchema = Type.Object(
  {
    task_id: uuid,
    title: Type.String(),
    failures: Type.Integer({ minimum: 1, description: 'Runs that failed in the last day.' }),
    last_failed_at: TimeSchema,
  },
  {
    ...closed,
    examples: [
      {
        ...{ task_id: ID, title: 'nightly checks', failures: 2 },
        last_failed_at: '2026-01-15T08:00:02.100Z',
      },
    ],
  },
);
export type FailingTask = Static<typeof FailingTaskSchema>;

/** What a task will start, and when. */
export const NextFiringSchema = Type.Object(
  {
    task_id: uuid,
    title: Type.String(),
    schedule_description: Type.Union([Type.String(), Type.Null()]),
    next_fire_at: TimeSchema,
  },
  {
    ...closed,
    examples: [
      {
        ...{ task_id: ID, title: 'nightly checks', schedule_description: 'at 22:00' },
        next_fire_at: '2026-01-15T22:00:00.000Z',
      },
    ],
  },
);
export type NextFiring = Static<typeof NextFiringSchema>;

/** The answer of `GET /home`. */
export const HomeSchema = Type.Object(
  {
    health: HealthSchema,
    has_runs: Type.Union([Type.Boolean(), Type.Null()], {
      description: 'Whether anything has run here at all; null without `runs:read`.',
    }),
    stats: Type.Union([RunStatsSchema, Type.Null()], {
      description: 'Thirty days by day and two by hour; null without `runs:read`.',
    }),
    running: some(RunSummarySchema, 'Runs that go on, the newest; null without `runs:read`.'),
    failures: some(RunSummarySchema, 'Runs of the last day that failed, the newest.'),
    failing_tasks: some(
      FailingTaskSchema,
      'Tasks whose last run has failed, those with the most failures of the last day; at most 5,000 runs are looked at. Null without `runs:read`.',
    ),
    circuits: some(CircuitSchema, 'Circuits that are open; null without `jobs:read`.'),
    budgets: some(StoredBudgetSchema, 'Budgets that are used up; null without `runs:read`.'),
    next: Type.Union([Type.Array(NextFiringSchema), Type.Null()], {
      description: 'What tasks will start, the first one first; null without `tasks:read`.',
    }),
  },
  {
    ...closed,
    examples: [
      {
        health: example(HealthSchema).items[0],
        has_runs: true,
        stats: example(RunStatsSchema).items[0],
        running: example(RunSummarySchema),
        failures: { items: [], total: 0 },
        failing_tasks: example(FailingTaskSchema),
        circuits: example(CircuitSchema),
        budgets: example(StoredBudgetSchema),
        next: example(NextFiringSchema).items,
      },
    ],
  },
);
export type Home = Static<typeof HomeSchema>;
