import Type, { type Static } from 'typebox';
import { OptionalTimeSchema, TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const rate = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], { description });
const seconds = (description: string) =>
  Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description });

/** What runs have come to: those of a task, or all of them. */
export const RunStatsSchema = Type.Object(
  {
    days: Type.Integer({ minimum: 1, description: 'Runs that ended in so many days, today too.' }),
    task_id: Type.Union([Type.String({ format: 'uuid' }), Type.Null()]),
    total: count,
    completed: count,
    failed: Type.Integer({ ...count, description: 'Failed, timed out or aborted.' }),
    cancelled: count,
    live: Type.Integer({ ...count, description: 'Of a task: runs that go on.' }),
    success_rate: rate('Completed by all that were not cancelled; null without any.'),
    failure_rate: rate('Failed by all that were not cancelled.'),
    average_duration_seconds: seconds('Of runs that started.'),
    p50_duration_seconds: seconds('Half took no longer; exact to a ninth.'),
    p95_duration_seconds: seconds('95 of 100 took no longer; exact to a ninth.'),
    last_run_at: OptionalTimeSchema,
    last_success_at: OptionalTimeSchema,
    last_failure_at: OptionalTimeSchema,
    runs_per_day: Type.Array(
      Type.Object(
        { day: Type.String({ format: 'date' }), runs: count, completed: count, failed: count },
        closed,
      ),
      { description: 'By UTC day of their ends, oldest first; days without runs are left out.' },
    ),
    runs_per_hour: Type.Array(
      Type.Object({ hour: TimeSchema, runs: count, completed: count, failed: count }, closed),
      {
        description: 'Of the hours that were asked for, oldest first; those without are left out.',
      },
    ),
  },
  {
    ...closed,
    examples: [
      {
        days: 30,
        task_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        total: 20,
        completed: 18,
        failed: 2,
        cancelled: 0,
        live: 0,
        success_rate: 0.9,
        failure_rate: 0.1,
        average_duration_seconds: 2.4,
        p50_duration_seconds: 2.1,
        p95_duration_seconds: 5.2,
        last_run_at: '2026-01-15T08:00:02.100Z',
        last_success_at: '2026-01-15T08:00:02.100Z',
        last_failure_at: '2026-01-10T08:00:05.000Z',
        runs_per_day: [{ day: '2026-01-15', runs: 1, completed: 1, failed: 0 }],
        runs_per_hour: [{ hour: '2026-01-15T08:00:00.000Z', runs: 1, completed: 1, failed: 0 }],
      },
    ],
  },
);
export type RunStatsView = Static<typeof RunStatsSchema>;
