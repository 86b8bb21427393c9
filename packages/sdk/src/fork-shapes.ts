/** Checks of what the server says about forks, comparisons and bundles. */
import {
  BUNDLE_KIND,
  BUNDLE_SCHEMA_VERSION,
  type Bundle,
  type Comparison,
  NODE_STATUSES,
  RUN_KINDS,
  RUN_STATUSES,
  TEST_STATUSES,
} from '@tenuto/contract';
import { countsShape, failureShape } from './job-shapes.ts';
import { auditRowShape } from './principal-shapes.ts';
import { runDetailShape } from './recovery-shapes.ts';
import {
  anything,
  fields,
  flag,
  isRecord,
  listOf,
  nullable,
  number,
  oneOf,
  optional,
  type Shape,
  text,
  yes,
} from './shape.ts';

const maybeText = nullable(text);
const difference = fields({
  op: oneOf(['added', 'removed', 'changed']),
  path: text,
  before: optional(anything),
  after: optional(anything),
  cut: optional(yes),
});
const differences = fields({ changes: listOf(difference), truncated: flag });
const tokens = fields({ input: number, output: number, cached: number, reasoning: number });
const testCounts = fields({
  total: number,
  passed: number,
  failed: number,
  error: number,
  skipped: number,
  flaky: number,
});
const forkedFrom = fields({ run_id: text, node: maybeText, attempts_taken_over: number });

const comparedRun = fields({
  run_id: text,
  kind: oneOf(RUN_KINDS),
  name: text,
  status: oneOf(RUN_STATUSES),
  created_at: text,
  started_at: maybeText,
  completed_at: maybeText,
  total_duration_seconds: nullable(number),
  counts: countsShape,
  forked_from: nullable(forkedFrom),
  plan_hash: text,
  attempts: number,
  artifacts: fields({ count: number, size_bytes: number }),
  cost_usd: number,
  recorded_cost_usd: number,
  token_usage: tokens,
  tests: testCounts,
});

const comparedNode = fields({
  node_id: text,
  is_same: flag,
  runs: listOf(
    nullable(
      fields({
        status: oneOf(NODE_STATUSES),
        attempts: number,
        duration_ms: nullable(number),
        error: nullable(failureShape),
        cost_usd: number,
      }),
    ),
  ),
  output: listOf(differences),
});

export const comparisonShape: Shape<Comparison> = fields({
  runs: listOf(comparedRun),
  params: listOf(differences),
  plans: listOf(
    fields({
      is_same: flag,
      added: listOf(text),
      removed: listOf(text),
      changed: listOf(fields({ node_id: text, changes: listOf(difference) })),
      truncated: flag,
    }),
  ),
  nodes: fields({
    items: listOf(comparedNode),
    total: number,
    same: number,
    limit: number,
    offset: number,
    has_more: flag,
  }),
  artifacts: fields({
    items: listOf(
      fields({
        path: text,
        state: oneOf(['added', 'removed', 'changed']),
        runs: listOf(nullable(fields({ hash: text, size_bytes: number }))),
      }),
    ),
    same: number,
    truncated: flag,
  }),
  tests: fields({
    items: listOf(
      fields({
        test_id: text,
        suite: text,
        classname: text,
        name: text,
        runs: listOf(nullable(oneOf(TEST_STATUSES))),
      }),
    ),
    same: number,
    truncated: flag,
  }),
});

const some = listOf(anything);
const bundleFields = fields({
  kind: oneOf([BUNDLE_KIND]),
  schema_version: (value): value is typeof BUNDLE_SCHEMA_VERSION => value === BUNDLE_SCHEMA_VERSION,
  created_at: text,
  created_by: text,
  server_version: text,
  run: runDetailShape,
  rerun: nullable(isRecord),
  plan: fields({ hash: text, node_count: number, edge_count: number }),
  audit: listOf(auditRowShape),
  nodes: some,
  attempts: some,
  logs: some,
  artifacts: some,
  tests: some,
  omitted: listOf(text),
  integrity: fields({ algorithm: oneOf(['SHA-256']), hash: text }),
});

/** What programs look at in a bundle; the rest of it is for people. */
export const isBundle = (value: unknown): value is Bundle => bundleFields(value);
