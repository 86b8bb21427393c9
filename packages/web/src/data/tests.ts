import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { EditTest, JsonObject, RunTestList, Test, TestEntry } from '@tenuto/contract';
import type { RunTestQuery, TestQuery } from '@tenuto/sdk';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { PAGE, usePages } from './pages.ts';

const testsKey = ['tests'] as const;
const testKey = (testId: string) => ['test', testId] as const;
/** The most results that the server gives at once. */
const HISTORY = 100;

export function useTests(query: TestQuery) {
  return usePages({
    key: [...testsKey, 'list', query],
    read: (cursor, signal) => client.tests.list({ limit: PAGE, ...query }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

export function useTest(testId: string) {
  return useQuery({
    queryKey: [...testKey(testId), 'test'],
    queryFn: ({ signal }) => client.tests.get(testId, { signal }),
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

/** The last results of a test, newest first. */
export function useTestHistory(testId: string) {
  return useQuery({
    queryKey: [...testKey(testId), 'history'],
    queryFn: ({ signal }) => client.tests.history(testId, { limit: HISTORY }, { signal }).first(),
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

export function useCatalogue(enabled = true) {
  return usePages({
    key: [...testsKey, 'catalogue'],
    read: (cursor, signal) => client.tests.catalogue.list({ limit: 100 }, { signal }).page(cursor),
    enabled,
  });
}

/** The tests of a run, page by page, what failed first. */
export function useRunTests(runId: string, { query, isOver }: RunTestsAsked) {
  return useInfiniteQuery({
    queryKey: ['run', runId, 'tests', query],
    queryFn: ({ pageParam, signal }) =>
      client.tests.ofRun(
        runId,
        { limit: PAGE, ...query, ...(pageParam !== undefined && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: RunTestList) => page.next_cursor ?? undefined,
    refetchInterval: refreshEvery(LIVE_MS.list, !isOver),
    placeholderData: keepPreviousData,
  });
}

interface RunTestsAsked {
  readonly query: RunTestQuery;
  readonly isOver: boolean;
}

/** Runs the tests again that failed in a run. */
export function useRerunFailed(runId: string) {
  return useMutation({ mutationFn: () => client.tests.rerunFailed(runId) });
}

/** Changes what people say about a test: who is in charge, and its quarantine. */
export function useEditTest({ test_id: testId, version }: Test) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (changes: EditTest) => client.tests.update(testId, changes, { version }),
    onSuccess: (test) => queries.setQueryData([...testKey(testId), 'test'], test),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: testKey(testId) }),
        queries.invalidateQueries({ queryKey: testsKey }),
      ]),
  });
}

interface Registered {
  readonly entry: JsonObject;
  /** The one that is replaced, in the version that was seen. */
  readonly before: Pick<TestEntry, 'id' | 'version'> | undefined;
}

/** Registers a suite or a case, in place of the one that was read and of no other one. */
export function useRegisterEntry() {
  const queries = useQueryClient();
  const { catalogue } = client.tests;
  return useMutation({
    mutationFn: ({ entry, before }: Registered) => {
      if (before === undefined) return catalogue.create(entry);
      const { id: _id, ...body } = entry;
      return catalogue.put(before.id, body, { version: before.version });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [...testsKey, 'catalogue'] }),
  });
}

interface SuiteRun {
  readonly suite: string;
  readonly context: JsonObject;
}

/** Makes a job of one suite of the catalogue. */
export function useRunSuite() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ suite, context }: SuiteRun) =>
      client.jobs.submit({ job_name: suite, test_suite_id: suite, execution_context: context }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['runs'] }),
  });
}
