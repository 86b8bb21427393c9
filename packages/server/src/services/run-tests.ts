import type { RunTest, RunTestList, TestStatus } from '@tenuto/contract';
import type { RunTestKey, RunTestRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import { listOf, type Paging, pageRequest } from './paging.ts';
import type { JobParts } from './services.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const testKey = {
  write: ({ rank, nodeId, position, testId }: RunTestKey) => [rank, nodeId, position, testId],
  read: ([rank, nodeId, position, testId]: readonly unknown[]) =>
    typeof nodeId === 'string' && typeof testId === 'string' && UUID.test(testId)
      ? { rank: Number(rank) | 0, nodeId, position: Number(position) | 0, testId }
      : undefined,
};

export interface RunTestQuery extends Paging {
  readonly status?: readonly TestStatus[];
  readonly flaky?: boolean;
  readonly node_id?: string;
}

/**
 * The tests of a run, what failed first.
 * @throws OrchestrationError 404
 */
export async function listRunTests(
  parts: JobParts,
  caller: Caller,
  { runId, query }: { readonly runId: string; readonly query: RunTestQuery },
): Promise<RunTestList> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const { runId: id } = await findJob(parts, access, runId);
  const request = pageRequest(query, testKey);
  const filter = {
    ...(query.status !== undefined && { statuses: query.status }),
    ...(query.flaky !== undefined && { flaky: query.flaky }),
    ...(query.node_id !== undefined && { nodeId: query.node_id }),
  };
  const page = await parts.tests.ofRun({ runId: id, filter }, request);
  const { durationMs, ...counts } = page.counts;
  return {
    ...listOf(page, request, { codec: testKey, key: (test) => test, item: testView }),
    counts: { ...counts, duration_ms: durationMs },
  };
}

function testView(test: RunTestRecord): RunTest {
  return {
    ...{ test_id: test.testId, suite: test.suite, classname: test.classname, name: test.name },
    ...{ file: test.file, node_id: test.nodeId, attempt: test.attempt, status: test.status },
    ...{ flaky: test.flaky, quarantined: test.quarantined, duration_ms: test.durationMs },
    message: test.message,
  };
}
