import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const most = (description: string) =>
  Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000_000 }), Type.Null()], { description });
const money = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1_000_000 }), Type.Null()], { description });

const limits = {
  runs_per_day: most('Runs submitted in a day of UTC.'),
  concurrent_runs: most('Runs that are not over.'),
  storage_bytes: Type.Union(
    [Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), Type.Null()],
    { description: 'Artifacts of all runs; looked at once a minute.' },
  ),
  events_per_minute: most('Events published.'),
  usd_per_day: money('What calls of models may cost in a day of UTC.'),
  usd_per_month: money('And in a month of UTC.'),
} as const;
const example = {
  ...{ runs_per_day: 1_000, concurrent_runs: 20 },
  ...{ storage_bytes: 10_000_000_000, events_per_minute: 600 },
  ...{ usd_per_day: 50, usd_per_month: 500 },
};

/** The body of `PUT /quotas/{principal}`; null, or left out, is no limit. */
export const WriteQuotaSchema = Type.Object(
  {
    runs_per_day: Type.Optional(limits.runs_per_day),
    concurrent_runs: Type.Optional(limits.concurrent_runs),
    storage_bytes: Type.Optional(limits.storage_bytes),
    events_per_minute: Type.Optional(limits.events_per_minute),
    usd_per_day: Type.Optional(limits.usd_per_day),
    usd_per_month: Type.Optional(limits.usd_per_month),
  },
  { ...closed, examples: [example] },
);
export type WriteQuota = Static<typeof WriteQuotaSchema>;

export const QuotaSchema = Type.Object(
  {
    principal: Type.String({ description: '`*`: everybody who has no quota of their own.' }),
    ...limits,
    updated_at: TimeSchema,
    updated_by: Type.String(),
    version: Type.Integer({ minimum: 1 }),
  },
  {
    ...closed,
    examples: [
      {
        principal: 'agent:deployer',
        ...example,
        updated_at: '2026-01-15T09:30:00.000Z',
        updated_by: 'admin',
        version: 1,
      },
    ],
  },
);
export type Quota = Static<typeof QuotaSchema>;
export const QuotaListSchema = listSchema(QuotaSchema);

/** What a principal may have, and has. */
export const QuotaUseSchema = Type.Object(
  {
    principal: Type.String(),
    ...limits,
    used: Type.Object(
      {
        runs_today: Type.Integer({ minimum: 0 }),
        concurrent_runs: Type.Integer({ minimum: 0 }),
        storage_bytes: Type.Integer({ minimum: 0 }),
        usd_today: Type.Number({ minimum: 0 }),
        usd_this_month: Type.Number({ minimum: 0 }),
      },
      closed,
    ),
  },
  {
    ...closed,
    examples: [
      {
        principal: 'agent:deployer',
        ...example,
        used: {
          ...{ runs_today: 12, concurrent_runs: 2, storage_bytes: 4_096 },
          ...{ usd_today: 3.2, usd_this_month: 41.75 },
        },
      },
    ],
  },
);
export type QuotaUse = Static<typeof QuotaUseSchema>;
