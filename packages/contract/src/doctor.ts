import Type, { type Static } from 'typebox';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });

const EvidenceSchema = Type.Object(
  {
    subject: Type.String({ description: "A run's id, or the name of what it is about." }),
    detail: Type.String(),
  },
  closed,
);

/** What one check of the doctor found. */
export const DoctorCheckSchema = Type.Object(
  {
    name: Type.String(),
    invariant: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Number in the list of invariants; null for what is only worth knowing.',
    }),
    meaning: Type.String({ description: 'What is true of a sound store.' }),
    verdict: Type.Enum(['ok', 'warning', 'error']),
    count,
    more: Type.Boolean({ description: 'There are more than `count`.' }),
    evidence: Type.Array(EvidenceSchema, { description: 'The first of what was found.' }),
    repair: Type.Union([Type.String(), Type.Null()], {
      description: 'What repair does about it; null where a person has to decide.',
    }),
  },
  closed,
);
export type DoctorCheckResult = Static<typeof DoctorCheckSchema>;

const report = {
  verdict: Type.Enum(['ok', 'warning', 'error'], { description: 'The worst of all checks.' }),
  examined_at: TimeSchema,
  duration_ms: Type.Number({ minimum: 0 }),
  sample: Type.Object(
    {
      live_runs: count,
      over_runs: count,
      left_out: Type.Integer({ minimum: 0, description: 'Runs with graphs too large to look at.' }),
    },
    { ...closed, description: 'Runs that were looked at one by one.' },
  ),
  checks: Type.Array(DoctorCheckSchema),
};

const example = {
  verdict: 'error',
  examined_at: '2026-01-15T09:30:00.000Z',
  duration_ms: 182.4,
  sample: { live_runs: 12, over_runs: 500, left_out: 0 },
  checks: [
    {
      name: 'orphan_lease',
      invariant: 7,
      meaning: 'The engine that owns a live run is there, and its fences stand.',
      verdict: 'error',
      count: 1,
      more: false,
      evidence: [
        {
          subject: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
          detail: 'is owned by engine 6f1c2a0e-8d43-4b57-9a4e-0c1d2e3f4a5b, whose fences are down',
        },
      ],
      repair:
        'Releases the run to the queue as a takeover does, and keeps what its engine had started.',
    },
  ],
};

/** The answer of `GET /doctor`. */
export const DoctorReportSchema = Type.Object(report, { ...closed, examples: [example] });
export type DoctorReportBody = Static<typeof DoctorReportSchema>;

/** The body of `POST /doctor/repair`. */
export const DoctorRepairRequestSchema = Type.Object(
  {
    checks: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        maxItems: 100,
        description: 'Names of the checks whose findings are repaired; all that can be by default.',
      }),
    ),
    dry_run: Type.Optional(Type.Boolean({ default: false })),
    deep: Type.Optional(Type.Boolean({ default: false })),
  },
  { ...closed, examples: [{ checks: ['orphan_lease'], dry_run: true }] },
);
export type DoctorRepairRequest = Static<typeof DoctorRepairRequestSchema>;

/** The answer of `POST /doctor/repair`. */
export const DoctorRepairSchema = Type.Object(
  {
    dry_run: Type.Boolean(),
    found: DoctorReportSchema,
    repaired: Type.Array(Type.Object({ check: Type.String(), count }, closed)),
    left: Type.Union([DoctorReportSchema, Type.Null()], {
      description: 'What is found after the repair; null when nothing was changed.',
    }),
  },
  {
    ...closed,
    examples: [
      {
        dry_run: false,
        found: example,
        repaired: [{ check: 'orphan_lease', count: 1 }],
        left: {
          ...example,
          verdict: 'ok',
          checks: example.checks.map((check) => ({
            ...check,
            verdict: 'ok',
            count: 0,
            evidence: [],
          })),
        },
      },
    ],
  },
);
export type DoctorRepairBody = Static<typeof DoctorRepairSchema>;
