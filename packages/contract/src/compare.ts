import Type, { type Static } from 'typebox';
import { JobNodeSchema, NodeErrorSchema } from './node-view.ts';
import { ForkedFromSchema, RunSummarySchema } from './run-view.ts';
import { NODE_STATUSES, TEST_STATUSES } from './vocabulary.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const amount = Type.Number({ minimum: 0 });
const uuid = Type.String({ format: 'uuid' });

/** How many runs are compared at once. */
export const COMPARED_RUNS = { least: 2, most: 4 } as const;

export const DifferenceSchema = Type.Object(
  {
    op: Type.Enum(['added', 'removed', 'changed']),
    path: Type.String({ description: 'JSON Pointer; empty for the whole value.' }),
    before: Type.Optional(Type.Unknown()),
    after: Type.Optional(Type.Unknown()),
    cut: Type.Optional(Type.Literal(true, { description: 'Values are too large to be shown.' })),
  },
  closed,
);
export const DifferencesSchema = Type.Object(
  {
    changes: Type.Array(DifferenceSchema),
    truncated: Type.Boolean({ description: 'There are more.' }),
  },
  closed,
);
export type DifferencesView = Static<typeof DifferencesSchema>;

const TokenUsageSchema = Type.Object(
  { input: count, output: count, cached: count, reasoning: count },
  closed,
);
export type TokenUsageView = Static<typeof TokenUsageSchema>;

const tests = Type.Object(
  { total: count, passed: count, failed: count, error: count, skipped: count, flaky: count },
  closed,
);

/** A run among those that are compared: what it came to in all. */
const ComparedRunSchema = Type.Object(
  {
    ...Type.Pick(RunSummarySchema, [
      'run_id',
      'kind',
      'name',
      'status',
      'created_at',
      'started_at',
      'completed_at',
      'total_duration_seconds',
      'counts',
    ]).properties,
    forked_from: Type.Union([ForkedFromSchema, Type.Null()]),
    plan_hash: Type.String(),
    attempts: Type.Integer({ minimum: 0, description: 'Of all nodes; taken over ones count.' }),
    artifacts: Type.Object({ count, size_bytes: count }, closed),
    cost_usd: amount,
    recorded_cost_usd: Type.Number({
      minimum: 0,
      description: 'The part of it that stands for recorded answers: nobody is paid that.',
    }),
    token_usage: TokenUsageSchema,
    tests,
  },
  closed,
);
export type ComparedRun = Static<typeof ComparedRunSchema>;

const { node_id } = JobNodeSchema.properties;
const NodeOfRunSchema = Type.Object(
  {
    status: Type.Enum([...NODE_STATUSES]),
    attempts: count,
    duration_ms: Type.Union([amount, Type.Null()]),
    error: Type.Union([NodeErrorSchema, Type.Null()]),
    cost_usd: amount,
  },
  closed,
);
const ComparedNodeSchema = Type.Object(
  {
    node_id,
    is_same: Type.Boolean({ description: 'Status, attempts, output and error are the same.' }),
    runs: Type.Array(Type.Union([NodeOfRunSchema, Type.Null()]), {
      description: 'In the order of the runs; null where a run has no such node.',
    }),
    output: Type.Array(DifferencesSchema, {
      description: 'From the first run to each of the others.',
    }),
  },
  closed,
);
export type ComparedNode = Static<typeof ComparedNodeSchema>;

const artifactOfRun = Type.Object({ hash: Type.String(), size_bytes: count }, closed);
const ComparedArtifactSchema = Type.Object(
  {
    path: Type.String(),
    state: Type.Enum(['added', 'removed', 'changed']),
    runs: Type.Array(Type.Union([artifactOfRun, Type.Null()])),
  },
  closed,
);
export type ComparedArtifact = Static<typeof ComparedArtifactSchema>;

const ComparedTestSchema = Type.Object(
  {
    test_id: uuid,
    suite: Type.String(),
    classname: Type.String(),
    name: Type.String(),
    runs: Type.Array(Type.Union([Type.Enum([...TEST_STATUSES]), Type.Null()])),
  },
  closed,
);
export type ComparedTest = Static<typeof ComparedTestSchema>;

const PlanDifferencesSchema = Type.Object(
  {
    is_same: Type.Boolean(),
    added: Type.Array(Type.String()),
    removed: Type.Array(Type.String()),
    changed: Type.Array(Type.Object({ node_id, changes: Type.Array(DifferenceSchema) }, closed)),
    truncated: Type.Boolean(),
  },
  closed,
);
export type PlanDifferencesView = Static<typeof PlanDifferencesSchema>;

const run = (id: string, status: string) => ({
  ...{ run_id: id, kind: 'job', name: 'nightly checks', status },
  created_at: '2026-01-15T09:30:00.100Z',
  started_at: '2026-01-15T09:30:00.100Z',
  completed_at: '2026-01-15T09:30:04.100Z',
  total_duration_seconds: 4,
  counts: { pending: 0, running: 0, completed: 2, failed: 0, skipped: 0 },
  forked_from: null,
  plan_hash: 'a3f5',
  attempts: 2,
  artifacts: { count: 0, size_bytes: 0 },
  cost_usd: 0,
  recorded_cost_usd: 0,
  token_usage: { input: 0, output: 0, cached: 0, reasoning: 0 },
  tests: { total: 0, passed: 0, failed: 0, error: 0, skipped: 0, flaky: 0 },
});
const node = { status: 'completed', attempts: 1, duration_ms: 12, error: null, cost_usd: 0 };

/** Runs side by side; differences are told from the first to each of the others. */
export const ComparisonSchema = Type.Object(
  {
    runs: Type.Array(ComparedRunSchema),
    params: Type.Array(DifferencesSchema),
    plans: Type.Array(PlanDifferencesSchema),
    nodes: Type.Object(
      {
        items: Type.Array(ComparedNodeSchema),
        total: Type.Integer({ minimum: 0, description: 'Those that are listed: see `all`.' }),
        same: Type.Integer({ minimum: 0, description: 'Nodes that are the same in all runs.' }),
        limit: Type.Integer({ minimum: 1 }),
        offset: count,
        has_more: Type.Boolean(),
      },
      closed,
    ),
    artifacts: Type.Object(
      {
        items: Type.Array(ComparedArtifactSchema),
        same: count,
        truncated: Type.Boolean(),
      },
      closed,
    ),
    tests: Type.Object(
      { items: Type.Array(ComparedTestSchema), same: count, truncated: Type.Boolean() },
      closed,
    ),
  },
  {
    ...closed,
    examples: [
      {
        runs: [
          run('0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b', 'completed'),
          run('0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1c', 'completed'),
        ],
        params: [
          {
            changes: [{ op: 'changed', path: '/branch', before: 'main', after: 'next' }],
            truncated: false,
          },
        ],
        plans: [{ is_same: true, added: [], removed: [], changed: [], truncated: false }],
        nodes: {
          items: [
            {
              node_id: 'build',
              is_same: false,
              runs: [node, node],
              output: [
                {
                  changes: [{ op: 'changed', path: '/size', before: 10, after: 12 }],
                  truncated: false,
                },
              ],
            },
          ],
          ...{ total: 1, same: 1, limit: 50, offset: 0, has_more: false },
        },
        artifacts: { items: [], same: 0, truncated: false },
        tests: { items: [], same: 0, truncated: false },
      },
    ],
  },
);
export type Comparison = Static<typeof ComparisonSchema>;
