import {
  type EditTest,
  formatTime,
  type List,
  OrchestrationError,
  parseTime,
  type Test,
  type TestResult,
  type TestStatus,
} from '@tenuto/contract';
import {
  type Access,
  type Clock,
  FLAKY_SCORE,
  type ResultKey,
  type ResultRecord,
  type TestEdit,
  type TestFilter,
  type TestKey,
  type TestOrder,
  type TestRecord,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { namesVersion, refuseStale, staleError } from './entity-tag.ts';
import { timeView } from './job-view.ts';
import { nameFilter } from './name-filter.ts';
import { listOf, type Paging, pageRequest } from './paging.ts';
import type { TestParts } from './test-catalogue.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const testKey = {
  write: ({ value, testId }: TestKey) => [value, testId],
  read: ([value, testId]: readonly unknown[]) =>
    typeof value === 'number' && typeof testId === 'string' && UUID.test(testId)
      ? { value, testId }
      : undefined,
};

const resultKey = {
  write: ({ runId, nodeId, attempt, position }: ResultKey) => [runId, nodeId, attempt, position],
  read: ([runId, nodeId, attempt, position]: readonly unknown[]) =>
    typeof runId === 'string' && UUID.test(runId) && typeof nodeId === 'string'
      ? { runId, nodeId, attempt: Number(attempt) | 0, position: Number(position) | 0 }
      : undefined,
};

export interface TestQuery extends Paging {
  readonly suite?: string;
  readonly name?: string;
  readonly owner?: string;
  readonly status?: readonly TestStatus[];
  readonly flaky?: boolean;
  readonly quarantined?: boolean;
  readonly sort?: TestOrder;
}

/** The highest, longest or latest first. */
export async function listTests(
  { tests }: TestParts,
  caller: Caller,
  query: TestQuery,
): Promise<List<Test>> {
  const access = authorize(caller.principal, 'jobs:read', 'tests');
  const request = pageRequest(query, testKey);
  const order = query.sort ?? 'flake_score';
  const page = await tests.list(access, { filter: filterOf(query), order }, request);
  return listOf(page, request, {
    codec: testKey,
    key: (test) => ({ value: placeIn(test, order), testId: test.testId }),
    item: testView,
  });
}

function filterOf({ suite, name, owner, status, flaky, quarantined }: TestQuery): TestFilter {
  return {
    ...(suite !== undefined && { suite }),
    ...nameFilter(name),
    ...(owner !== undefined && { inCharge: owner }),
    ...(status !== undefined && { statuses: status }),
    ...(flaky !== undefined && { flaky }),
    ...(quarantined !== undefined && { quarantined }),
  };
}

/** What a list of that order stands in the order of. */
function placeIn(test: TestRecord, order: TestOrder): number {
  switch (order) {
    case 'flake_score':
      return test.flakeScore;
    case 'duration':
      return test.p95Ms ?? 0;
    case 'last_failure':
      return test.lastFailure?.at ?? 0;
  }
}

/** @throws OrchestrationError 404 */
export async function getTest(parts: TestParts, caller: Caller, testId: string): Promise<Test> {
  const access = authorize(caller.principal, 'jobs:read', 'tests');
  return testView(await findTest(parts, access, testId));
}

/** Newest run first. */
export async function testHistory(
  parts: TestParts,
  caller: Caller,
  { testId, ...paging }: Paging & { readonly testId: string },
): Promise<List<TestResult>> {
  const access = authorize(caller.principal, 'jobs:read', 'tests');
  const request = pageRequest(paging, resultKey);
  await findTest(parts, access, testId);
  const page = await parts.tests.history(access, testId.toLowerCase(), request);
  return listOf(page, request, { codec: resultKey, key: (result) => result, item: resultView });
}

interface ChangeTest {
  readonly testId: string;
  readonly changes: EditTest;
  readonly ifMatch: string | undefined;
}

/**
 * Says who is in charge of a test, or puts it into quarantine or out of it.
 * @throws OrchestrationError 404, 412, 422 for a quarantine that is over already
 */
export async function editTest(
  parts: TestParts & { readonly clock: Pick<Clock, 'wall'> },
  caller: Caller,
  { testId, changes, ifMatch }: ChangeTest,
): Promise<Test> {
  const access = authorize(caller.principal, 'jobs:write', 'tests');
  const before = await findTest(parts, access, testId);
  refuseStale(before, ifMatch, 'test');
  const { owner: inCharge } = changes;
  const { actor } = caller.principal;
  const edit: TestEdit = {
    testId: before.testId,
    ...(namesVersion(ifMatch) && { version: before.version }),
    ...(inCharge !== undefined && { inCharge }),
    ...quarantineOf(changes, { by: actor, now: parts.clock.wall() }),
    audit: {
      actor,
      action: 'test.updated',
      subject: before.testId,
      details: { ...changes },
      requestId: caller.requestId,
    },
  };
  const result = await parts.tests.edit(access, edit);
  const after = await findTest(parts, access, testId);
  if (result === 'stale') throw staleError(after, 'test');
  return testView(after);
}

function quarantineOf(
  { quarantine }: EditTest,
  { by, now }: { readonly by: string; readonly now: number },
): Pick<TestEdit, 'quarantine'> {
  if (quarantine === undefined || quarantine === null) {
    return quarantine === undefined ? {} : { quarantine };
  }
  const { reason, until: text } = quarantine;
  if (text === undefined) return { quarantine: { reason, by, until: null } };
  const until = parseTime(text);
  const path = '/quarantine/until';
  if (until === undefined) throw refused('validation_failed', path, 'is not an RFC 3339 time');
  if (until <= now) throw refused('unprocessable', path, 'has passed');
  return { quarantine: { reason, by, until } };
}

function refused(code: 'validation_failed' | 'unprocessable', path: string, message: string) {
  const validationErrors = [{ path, message }];
  return new OrchestrationError(code, `${path} ${message}.`, { validationErrors });
}

async function findTest({ tests }: TestParts, access: Access, testId: string): Promise<TestRecord> {
  const test = await tests.find(access, testId.toLowerCase());
  if (test === undefined) throw new OrchestrationError('not_found', `There is no test ${testId}.`);
  return test;
}

function testView(test: TestRecord): Test {
  const { quarantine, lastFailure } = test;
  return {
    test_id: test.testId,
    suite: test.suite,
    report_suite: test.reportSuite,
    classname: test.classname,
    name: test.name,
    file: test.file,
    owner: test.inCharge,
    quarantine: quarantine && {
      reason: quarantine.reason,
      until: timeView(quarantine.until),
      by: quarantine.by,
      at: formatTime(quarantine.at),
    },
    last_status: test.lastStatus,
    last_flaky: test.lastFlaky,
    last_run_id: test.lastRunId,
    last_run_at: formatTime(test.lastAt),
    last_failure: lastFailure && {
      run_id: lastFailure.runId,
      at: formatTime(lastFailure.at),
      message: lastFailure.message,
    },
    flake_score: rounded(test.flakeScore),
    flaky: test.flakeScore >= FLAKY_SCORE,
    pass_rate: test.passRate === null ? null : rounded(test.passRate),
    runs: test.runs,
    clean_passes: test.cleanPasses,
    flaky_passes: test.flakyPasses,
    failures: test.failures,
    errors: test.errors,
    skips: test.skips,
    duration_p50_ms: test.p50Ms,
    duration_p95_ms: test.p95Ms,
    recent: test.recent.map(({ status, flaky, durationMs }) => ({
      ...{ status, flaky, duration_ms: durationMs },
    })),
    first_seen_at: formatTime(test.firstAt),
    version: test.version,
  };
}

/** More places than these say nothing of fifty results. */
const rounded = (share: number) => Math.round(share * 10_000) / 10_000;

function resultView(result: ResultRecord): TestResult {
  return {
    run_id: result.runId,
    node_id: result.nodeId,
    attempt: result.attempt,
    at: formatTime(result.at),
    status: result.status,
    flaky: result.flaky,
    quarantined: result.quarantined,
    duration_ms: result.durationMs,
    message: result.message,
    branch: result.branch,
    commit: result.commit,
  };
}
