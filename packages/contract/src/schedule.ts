import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;

/** What becomes of times that a change of the clocks swallows or repeats. */
export const DstPolicySchema = Type.Object(
  {
    gap: Type.Optional(
      Type.Enum(['next', 'skip'], {
        description:
          'A time that does not exist fires at the first instant after the gap, or not at all. Without it, cron does the former and an rrule fires as long after the gap as it would have been in it.',
      }),
    ),
    overlap: Type.Optional(
      Type.Enum(['first', 'second', 'both'], {
        description: 'Which of the two fires when a time comes twice; the first unless said.',
      }),
    ),
  },
  {
    ...closed,
    description: 'Rules that step by the hour or finer keep their pace whatever it says.',
    examples: [{ gap: 'skip', overlap: 'second' }],
  },
);
export type DstPolicy = Readonly<Static<typeof DstPolicySchema>>;

/** A schedule as it is written: cron text, a rule, RFC 5545 lines, or a time. */
export const ScheduleExpressionSchema = Type.String({
  minLength: 1,
  maxLength: LIMITS.scheduleChars,
  examples: ['0 9 * * MON-FRI', 'FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9'],
});

/** A firing that is expected. */
export const ExpectedFiringSchema = Type.Object(
  {
    at: TimeSchema,
    local: Type.String({ description: "The zone's time with its offset." }),
    dst: Type.Optional(
      Type.Enum(['gap', 'overlap'], {
        description: 'A change of the clocks has moved it, or its time comes twice.',
      }),
    ),
  },
  closed,
);

/** The answer of `POST /tasks/preview` and of `GET /tasks/{task_id}/preview`. */
export const SchedulePreviewSchema = Type.Object(
  {
    firings: Type.Array(ExpectedFiringSchema, { maxItems: LIMITS.previewFirings }),
    description: Type.String({ description: 'The schedule in English.' }),
  },
  {
    ...closed,
    examples: [
      {
        firings: [
          { at: '2026-03-29T01:00:00.000Z', local: '2026-03-29T03:00:00+02:00', dst: 'gap' },
          { at: '2026-03-30T00:30:00.000Z', local: '2026-03-30T02:30:00+02:00' },
        ],
        description: 'every day at 02:30, Europe/Paris',
      },
    ],
  },
);
export type SchedulePreview = Static<typeof SchedulePreviewSchema>;
