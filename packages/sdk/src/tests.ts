import type {
  EditTest,
  Job,
  JsonObject,
  NewTestEntry,
  RunTestList,
  Test,
  TestEntry,
  TestEntryBody,
  TestResult,
  TestStatus,
} from '@tenuto/contract';
import { type ChangeOptions, type SubmitOptions, submit } from './asking.ts';
import { jobShape } from './job-shapes.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, segment, signalOf } from './reading.ts';
import { entryShape, resultShape, runTestsShape, testShape } from './test-shapes.ts';
import { send, type TransportOptions } from './transport.ts';

export interface TestQuery extends PageQuery {
  readonly suite?: string;
  /** The whole name, or how it begins when it ends with `*`. */
  readonly name?: string;
  /** The person or team in charge. */
  readonly owner?: string;
  /** Of the last result. */
  readonly status?: readonly string[];
  readonly flaky?: boolean;
  readonly quarantined?: boolean;
  readonly sort?: 'flake_score' | 'duration' | 'last_failure';
}

export interface RunTestQuery extends PageQuery {
  readonly status?: readonly TestStatus[];
  /** Only tests that passed after another result in this run. */
  readonly flaky?: boolean;
  readonly node_id?: string;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
}

export interface CatalogueQuery extends PageQuery {
  readonly kind?: 'suite' | 'case';
  readonly suite_id?: string;
  readonly owner?: string;
}

/** What a server knows of tests. Every function throws as `createClient` says. */
export interface Tests {
  /** The flakiest first, unless sorted otherwise. */
  list(query?: TestQuery, options?: CallOptions): Listing<Test>;
  get(testId: string, options?: CallOptions): Promise<Test>;
  /** Newest first. */
  history(testId: string, query?: PageQuery, options?: CallOptions): Listing<TestResult>;
  /** A page of the tests of a run, what failed first, and how many came to what. */
  ofRun(runId: string, query?: RunTestQuery, options?: CallOptions): Promise<RunTestList>;
  /** Says who is in charge, or puts the test into quarantine or out of it. */
  update(testId: string, changes: EditTest, options?: ChangeOptions): Promise<Test>;
  /** Makes a job of the tests that failed in one that is over. */
  rerunFailed(jobId: string, options?: SubmitOptions): Promise<Job>;
  readonly catalogue: TestCatalogue;
}

/** Suites and cases by their ids. */
export interface TestCatalogue {
  list(query?: CatalogueQuery, options?: CallOptions): Listing<TestEntry>;
  get(id: string, options?: CallOptions): Promise<TestEntry>;
  create(entry: NewTestEntry | JsonObject, options?: SubmitOptions): Promise<TestEntry>;
  /** Registers the entry, or puts it in place of the one of its id. */
  put(id: string, entry: TestEntryBody | JsonObject, options?: ChangeOptions): Promise<TestEntry>;
  /** @returns the entry as it was */
  delete(id: string, options?: ChangeOptions): Promise<TestEntry>;
}

const ROOT = '/tests';
const CATALOGUE = `${ROOT}/catalogue`;

export function createTests(transport: TransportOptions): Tests {
  const { read, list } = createReader(transport);
  const testPath = (testId: string) => `${ROOT}/${segment(testId)}`;
  return {
    list: (query = {}, options) => list(ROOT, testShape, { ...query }, options),
    get: (testId, options) => read(testPath(testId), testShape, {}, options),
    history: (testId, query, options) =>
      list(`${testPath(testId)}/history`, resultShape, { ...query }, options),
    ofRun: (runId, query, options) =>
      read(`/runs/${segment(runId)}/tests`, runTestsShape, { ...query }, options),
    update: (testId, changes, options = {}) =>
      send(transport, {
        method: 'PATCH',
        path: testPath(testId),
        body: changes,
        shape: testShape,
        ...changeOf(options),
      }),
    rerunFailed: (jobId, options) => {
      const path = `/orchestration/job/${segment(jobId)}/rerun-failed-tests`;
      return submit(transport, { path, shape: jobShape }, options);
    },
    catalogue: createCatalogue(transport),
  };
}

function createCatalogue(transport: TransportOptions): TestCatalogue {
  const { read, list } = createReader(transport);
  const entryPath = (id: string) => `${CATALOGUE}/${segment(id)}`;
  return {
    list: (query = {}, options) => list(CATALOGUE, entryShape, { ...query }, options),
    get: (id, options) => read(entryPath(id), entryShape, {}, options),
    create: (body, options) =>
      submit(transport, { path: CATALOGUE, body, shape: entryShape }, options),
    put: (id, entry, options = {}) =>
      send(transport, {
        method: 'PUT',
        path: entryPath(id),
        body: entry,
        shape: entryShape,
        ...changeOf(options),
      }),
    delete: (id, options = {}) =>
      send(transport, {
        method: 'DELETE',
        path: entryPath(id),
        shape: entryShape,
        ...changeOf(options),
        repeatable: false,
      }),
  };
}

/** A change of a named version that was carried out finds another one the second time. */
function changeOf({ version, ...options }: ChangeOptions) {
  return {
    ...signalOf(options),
    repeatable: version === undefined,
    ...(version !== undefined && { headers: { 'if-match': `"${version}"` } }),
  };
}
