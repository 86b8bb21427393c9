import {
  type RunTest,
  type RunTestList,
  TEST_STATUSES,
  type Test,
  type TestEntry,
  type TestResult,
} from '@tenuto/contract';
import { pageFields } from './listing.ts';
import {
  fields,
  flag,
  listOf,
  mapOf,
  nullable,
  number,
  oneOf,
  optional,
  type Shape,
  text,
} from './shape.ts';

const maybeText = nullable(text);
const maybeNumber = nullable(number);
const texts = listOf(text);

export const testShape: Shape<Test> = fields({
  test_id: text,
  suite: text,
  report_suite: text,
  classname: text,
  name: text,
  file: maybeText,
  owner: maybeText,
  quarantine: nullable(fields({ reason: text, until: maybeText, by: text, at: text })),
  last_status: oneOf(TEST_STATUSES),
  last_flaky: flag,
  last_run_id: text,
  last_run_at: text,
  last_failure: nullable(fields({ run_id: text, at: text, message: maybeText })),
  flake_score: number,
  flaky: flag,
  pass_rate: maybeNumber,
  runs: number,
  clean_passes: number,
  flaky_passes: number,
  failures: number,
  errors: number,
  skips: number,
  duration_p50_ms: maybeNumber,
  duration_p95_ms: maybeNumber,
  recent: listOf(
    fields({ status: oneOf(['passed', 'failed', 'error']), flaky: flag, duration_ms: number }),
  ),
  first_seen_at: text,
  version: number,
});

export const resultShape: Shape<TestResult> = fields({
  run_id: text,
  node_id: text,
  attempt: number,
  at: text,
  status: oneOf(TEST_STATUSES),
  flaky: flag,
  quarantined: flag,
  duration_ms: number,
  message: maybeText,
  branch: maybeText,
  commit: maybeText,
});

const runTestShape: Shape<RunTest> = fields({
  ...{ test_id: text, suite: text, classname: text, name: text, file: maybeText },
  ...{ node_id: text, attempt: number, status: oneOf(TEST_STATUSES), flaky: flag },
  ...{ quarantined: flag, duration_ms: number, message: maybeText },
});

export const runTestsShape: Shape<RunTestList> = fields({
  ...pageFields(runTestShape),
  counts: fields({
    ...{ total: number, passed: number, failed: number, error: number },
    ...{ skipped: number, flaky: number, duration_ms: number },
  }),
});

const selectShape = fields({
  case: optional(text),
  case_args: texts,
  skip_args: optional(texts),
  join: optional(text),
  escape: optional(oneOf(['none', 'regex'])),
});

export const entryShape: Shape<TestEntry> = fields({
  id: text,
  kind: oneOf(['suite', 'case']),
  title: maybeText,
  description: maybeText,
  command: nullable(texts),
  folder: maybeText,
  env: mapOf(text),
  report: texts,
  pattern: maybeText,
  select: nullable(selectShape),
  shards: maybeNumber,
  on_retry: oneOf(['all', 'failed']),
  timeout_seconds: maybeNumber,
  owner: maybeText,
  tags: texts,
  suite_id: maybeText,
  classname: maybeText,
  name: maybeText,
  file: maybeText,
  created_by: text,
  created_at: text,
  updated_at: text,
  version: number,
});
