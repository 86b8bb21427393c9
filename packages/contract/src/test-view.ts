import Type, { type Static } from 'typebox';
import { listSchema } from './list.ts';
import { OptionalTimeSchema, TimeSchema } from './time.ts';
import { TEST_STATUSES } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const text = Type.Union([Type.String(), Type.Null()]);
const share = Type.Number({ minimum: 0, maximum: 1 });
const duration = Type.Union([count, Type.Null()]);
const owner = Type.String({ minLength: 1, maxLength: 255 });
const reason = Type.String({ minLength: 1, maxLength: 1_000 });

const QuarantineSchema = Type.Object(
  { reason: Type.String(), until: OptionalTimeSchema, by: Type.String(), at: TimeSchema },
  closed,
);

const RecentResultSchema = Type.Object(
  { status: Type.Enum(['passed', 'failed', 'error']), flaky: Type.Boolean(), duration_ms: count },
  closed,
);
export type RecentResult = Static<typeof RecentResultSchema>;

/** What is known of one test. Shares and durations are of its last 50 results that ran. */
export const TestSchema = Type.Object(
  {
    test_id: Type.String({ format: 'uuid' }),
    suite: Type.String({ description: 'The suite of the catalogue, or the one in the report.' }),
    report_suite: Type.String({
      description: 'The innermost suite that the report has it in; empty where that is `suite`.',
    }),
    classname: Type.String(),
    name: Type.String(),
    file: text,
    owner: Type.Union([Type.String(), Type.Null()], {
      description: 'Who is in charge: of the test, else of its suite in the catalogue.',
    }),
    quarantine: Type.Union([QuarantineSchema, Type.Null()]),
    last_status: Type.Enum([...TEST_STATUSES]),
    last_flaky: Type.Boolean({ description: 'Its last result came only after another one.' }),
    last_run_id: Type.String(),
    last_run_at: TimeSchema,
    last_failure: Type.Union([
      Type.Object({ run_id: Type.String(), at: TimeSchema, message: text }, closed),
      Type.Null(),
    ]),
    flake_score: share,
    flaky: Type.Boolean({ description: 'The flake score is 0.05 or more.' }),
    pass_rate: Type.Union([share, Type.Null()]),
    runs: Type.Integer({ minimum: 0, description: 'Results ever, those of skipped runs too.' }),
    clean_passes: count,
    flaky_passes: Type.Integer({
      minimum: 0,
      description: 'Passed only after a failure: in an earlier attempt of the run, or on a rerun.',
    }),
    failures: count,
    errors: count,
    skips: count,
    duration_p50_ms: duration,
    duration_p95_ms: duration,
    recent: Type.Array(RecentResultSchema, {
      maxItems: 50,
      description: 'The last results that ran, newest first.',
    }),
    first_seen_at: TimeSchema,
    version: Type.Integer({ minimum: 1 }),
  },
  {
    ...closed,
    examples: [
      {
        test_id: '6f3a1b2c-7c3d-8e4f-8a5b-6c7d8e9f0a1b',
        suite: 'shop-unit',
        report_suite: '',
        classname: 'src/cart.test.ts',
        name: 'a cart costs what its items cost',
        file: null,
        owner: 'team-shop',
        quarantine: {
          reason: 'waits for a port that may be taken',
          until: '2026-02-01T00:00:00.000Z',
          by: 'ann',
          at: '2026-01-15T09:40:00.000Z',
        },
        last_status: 'passed',
        last_flaky: true,
        last_run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        last_run_at: '2026-01-15T09:30:00.120Z',
        last_failure: {
          run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
          at: '2026-01-15T09:30:00.090Z',
          message: 'expected 600, got 0',
        },
        flake_score: 0.25,
        flaky: true,
        pass_rate: 0.96,
        runs: 412,
        clean_passes: 398,
        flaky_passes: 4,
        failures: 8,
        errors: 0,
        skips: 2,
        duration_p50_ms: 12,
        duration_p95_ms: 40,
        recent: [
          { status: 'passed', flaky: true, duration_ms: 12 },
          { status: 'passed', flaky: false, duration_ms: 11 },
        ],
        first_seen_at: '2025-10-01T08:00:00.000Z',
        version: 2,
      },
    ],
  },
);
export type Test = Static<typeof TestSchema>;
export const TestListSchema = listSchema(TestSchema);

/** The body of `PATCH /tests/{test_id}`. */
export const EditTestSchema = Type.Object(
  {
    owner: Type.Optional(
      Type.Union([owner, Type.Null()], { description: 'null: that of the suite again.' }),
    ),
    quarantine: Type.Optional(
      Type.Union([Type.Object({ reason, until: Type.Optional(TimeSchema) }, closed), Type.Null()], {
        description: 'While it lasts, failures of the test fail no node. null ends it.',
      }),
    ),
  },
  {
    ...closed,
    minProperties: 1,
    examples: [
      {
        owner: 'team-shop',
        quarantine: { reason: 'waits for a port', until: '2026-02-01T00:00:00.000Z' },
      },
    ],
  },
);
export type EditTest = Static<typeof EditTestSchema>;

/** One result of a test. */
export const TestResultSchema = Type.Object(
  {
    run_id: Type.String(),
    node_id: Type.String(),
    attempt: Type.Integer({ minimum: 1 }),
    at: TimeSchema,
    status: Type.Enum([...TEST_STATUSES]),
    flaky: Type.Boolean({
      description: 'There was another result in the same run: a pass is a flaky pass.',
    }),
    quarantined: Type.Boolean({ description: 'The test was in quarantine then.' }),
    duration_ms: count,
    message: text,
    branch: text,
    commit: text,
  },
  {
    ...closed,
    examples: [
      {
        run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        node_id: 'shop-unit',
        attempt: 2,
        at: '2026-01-15T09:30:00.120Z',
        status: 'passed',
        flaky: true,
        quarantined: false,
        duration_ms: 12,
        message: null,
        branch: 'main',
        commit: '3f0c2d1e',
      },
    ],
  },
);
export type TestResult = Static<typeof TestResultSchema>;
export const TestResultListSchema = listSchema(TestResultSchema);

const tally = { total: count, passed: count, failed: count, error: count, skipped: count } as const;

/** What a test came to in a run: its last result in one node. */
export const RunTestSchema = Type.Object(
  {
    test_id: Type.String({ format: 'uuid' }),
    suite: Type.String(),
    classname: Type.String(),
    name: Type.String(),
    file: text,
    node_id: Type.String(),
    attempt: Type.Integer({ minimum: 1, description: 'The attempt of the node that it is of.' }),
    status: Type.Enum([...TEST_STATUSES]),
    flaky: Type.Boolean({ description: 'It passed, but only after another result in this run.' }),
    quarantined: Type.Boolean({ description: 'Its failure fails no node.' }),
    duration_ms: count,
    message: text,
  },
  {
    ...closed,
    examples: [
      {
        ...{ test_id: '6f3a1b2c-7c3d-8e4f-8a5b-6c7d8e9f0a1b', suite: 'shop-unit' },
        ...{ classname: 'src/cart.test.ts', name: 'a cart costs what its items cost' },
        ...{ file: null, node_id: 'shop-unit', attempt: 2, status: 'failed', flaky: false },
        ...{ quarantined: false, duration_ms: 12, message: 'expected 600, got 0' },
      },
    ],
  },
);
export type RunTest = Static<typeof RunTestSchema>;

/** The tests of a run, what failed first; how many came to what is of all of them. */
export const RunTestListSchema = Type.Object(
  {
    ...listSchema(RunTestSchema).properties,
    counts: Type.Object({ ...tally, flaky: count, duration_ms: count }, closed),
  },
  {
    ...closed,
    examples: [
      {
        ...{ items: [], total: 0, limit: 20, offset: 0, has_more: false, next_cursor: null },
        counts: {
          ...{ total: 0, passed: 0, failed: 0, error: 0, skipped: 0, flaky: 0, duration_ms: 0 },
        },
      },
    ],
  },
);
export type RunTestList = Static<typeof RunTestListSchema>;
