import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
const calls = Type.Integer({ minimum: 1, description: 'Calls that ended.' });
const cost = Type.Number({ minimum: 0, description: 'Calls without a known price cost nothing.' });

/** The answer of `GET /spending`. */
export const SpendingSchema = Type.Object(
  {
    days: Type.Integer({ minimum: 1, description: 'So many days of UTC, today too.' }),
    total_usd: Type.Number({ minimum: 0 }),
    models: Type.Array(
      Type.Object(
        {
          model: Type.String({ description: '`provider/model`, as it was asked for.' }),
          calls,
          cost_usd: cost,
          per_day: Type.Array(
            Type.Object({ day: Type.String({ format: 'date' }), calls, cost_usd: cost }, closed),
            { description: 'Oldest first; days without calls are left out.' },
          ),
        },
        closed,
      ),
      { description: 'The dearest first.' },
    ),
  },
  {
    ...closed,
    examples: [
      {
        ...{ days: 30, total_usd: 3.2 },
        models: [
          {
            ...{ model: 'anthropic/claude-sonnet-4', calls: 12, cost_usd: 3.2 },
            per_day: [{ day: '2026-01-15', calls: 12, cost_usd: 3.2 }],
          },
        ],
      },
    ],
  },
);
export type Spending = Static<typeof SpendingSchema>;
export type ModelSpending = Spending['models'][number];
