import type { TestEntryBody, TestStatus } from '@tenuto/contract';
import type { TestIdentity, WindowResult } from '../testing/index.ts';
import type { AuditEntry, Idempotency } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** What is known of a test. Times are milliseconds since the epoch. */
export interface TestRecord extends TestIdentity {
  readonly testId: string;
  readonly file: string | null;
  /** Who is in charge of the test, else of its suite in the catalogue. */
  readonly inCharge: string | null;
  readonly quarantine: Quarantine | null;
  readonly lastStatus: TestStatus;
  readonly lastFlaky: boolean;
  readonly lastRunId: string;
  readonly lastAt: number;
  readonly lastFailure: {
    readonly runId: string;
    readonly at: number;
    readonly message: string | null;
  } | null;
  readonly flakeScore: number;
  readonly passRate: number | null;
  readonly runs: number;
  readonly cleanPasses: number;
  readonly flakyPasses: number;
  readonly failures: number;
  readonly errors: number;
  readonly skips: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** The last results that ran, newest first. */
  readonly recent: readonly WindowResult[];
  readonly firstAt: number;
  /** Counts what people change, not results. */
  readonly version: number;
}

export interface Quarantine {
  readonly reason: string;
  /** Null lasts until somebody ends it. */
  readonly until: number | null;
  readonly by: string;
  readonly at: number;
}

/** Which tests a list shows; everything given must hold. */
export interface TestFilter {
  readonly suite?: string;
  readonly name?: string;
  readonly namePrefix?: string;
  readonly inCharge?: string;
  readonly statuses?: readonly TestStatus[];
  readonly flaky?: boolean;
  readonly quarantined?: boolean;
}

/** Highest, longest or latest first. */
export type TestOrder = 'flake_score' | 'duration' | 'last_failure';
export interface TestKey {
  /** What the list is ordered by. */
  readonly value: number;
  readonly testId: string;
}

export interface TestEdit {
  readonly testId: string;
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  /** Null: nobody of its own, so that of the suite. */
  readonly inCharge?: string | null;
  readonly quarantine?: Omit<Quarantine, 'at'> | null;
  readonly audit: AuditEntry;
}

export interface ResultRecord {
  readonly runId: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly position: number;
  readonly at: number;
  readonly status: TestStatus;
  readonly flaky: boolean;
  readonly quarantined: boolean;
  readonly durationMs: number;
  readonly message: string | null;
  readonly branch: string | null;
  readonly commit: string | null;
}
export type ResultKey = Pick<ResultRecord, 'runId' | 'nodeId' | 'attempt' | 'position'>;

/** The last result of a test in one node of a run. */
export interface RunTestRecord
  extends TestIdentity,
    Pick<
      ResultRecord,
      | 'nodeId'
      | 'attempt'
      | 'position'
      | 'status'
      | 'flaky'
      | 'quarantined'
      | 'durationMs'
      | 'message'
    > {
  readonly testId: string;
  readonly file: string | null;
  /** What failed stands first, then flaky passes, passes, and what was skipped. */
  readonly rank: number;
}
export type RunTestKey = Pick<RunTestRecord, 'rank' | 'nodeId' | 'position' | 'testId'>;

export interface RunTestFilter {
  readonly statuses?: readonly TestStatus[];
  readonly flaky?: boolean;
  readonly nodeId?: string;
}

/** How many tests of a run came to what. */
export interface RunTestCounts extends Readonly<Record<TestStatus, number>> {
  readonly total: number;
  readonly flaky: number;
  readonly durationMs: number;
}

/** A case as a runner may be told of it. */
export interface NamedCase {
  readonly suite: string;
  readonly classname: string;
  readonly name: string;
  readonly file: string | null;
}

/** A test that failed in a run and did not pass in a later attempt of it. */
export interface FailedTest extends NamedCase {
  readonly nodeId: string;
}

/** What actions that run tests ask of the history, each in the name of a run's owner. */
export interface TestMemory {
  /** Ids of the owner's tests that are in quarantine now. */
  quarantined(owner: string): Promise<ReadonlySet<string>>;
  /** The tests that a suite has had, with what they take typically; at most 50,000. */
  known(owner: string, suite: string): Promise<readonly KnownTest[]>;
  /** What the tests of a node came to so far in its run; of each test the last result. */
  earlier(of: {
    readonly owner: string;
    readonly runId: string;
    readonly nodeId: string;
    /** Attempts before this one do not count. */
    readonly fromAttempt: number;
  }): Promise<readonly EarlierResult[]>;
}

export interface KnownTest extends NamedCase {
  readonly durationMs: number | null;
}

export interface EarlierResult extends NamedCase {
  readonly testId: string;
  readonly status: TestStatus;
  readonly quarantined: boolean;
  readonly durationMs: number;
}

/** An entry of the catalogue. */
export interface CatalogueRecord {
  readonly owner: string;
  readonly id: string;
  readonly body: TestEntryBody;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface CatalogueFilter {
  readonly kind?: TestEntryBody['kind'];
  readonly suiteId?: string;
  readonly inCharge?: string;
}
export type CatalogueKey = Pick<CatalogueRecord, 'id' | 'owner'>;

export interface CatalogueChange extends CatalogueKey {
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  readonly audit: AuditEntry;
}

export interface NewCatalogueEntry extends CatalogueKey {
  readonly body: TestEntryBody;
  readonly idempotency?: Idempotency;
  readonly audit: AuditEntry;
}

/** The catalogue of suites and cases; ids are an owner's own. */
export interface CatalogueStore {
  list(
    access: Access,
    filter: CatalogueFilter,
    page: PageRequest<CatalogueKey>,
  ): Promise<Page<CatalogueRecord>>;
  /** The caller's own entry of that id before anybody else's. */
  find(access: Access, id: string): Promise<CatalogueRecord | undefined>;
  /** Those of the owner's entries that there are. */
  entries(owner: string, ids: readonly string[]): Promise<readonly CatalogueRecord[]>;
  /** The cases of a suite, by id; at most `limit`. */
  casesOf(owner: string, suiteId: string, limit: number): Promise<readonly CatalogueRecord[]>;
  /** `taken`: the owner has an entry of that id. `duplicate`: the key was used before. */
  create(entry: NewCatalogueEntry): Promise<CatalogueRecord | 'taken' | 'duplicate'>;
  replace(
    access: Access,
    entry: CatalogueChange & { readonly body: TestEntryBody },
  ): Promise<CatalogueRecord | 'stale' | 'missing'>;
  /** `used`: it is a suite that has cases. */
  remove(access: Access, entry: CatalogueChange): Promise<'removed' | 'stale' | 'missing' | 'used'>;
}

/** What the API and actions ask of the store about tests; throws as `JobStore` does. */
export interface TestStore {
  list(
    access: Access,
    of: { readonly filter: TestFilter; readonly order: TestOrder },
    page: PageRequest<TestKey>,
  ): Promise<Page<TestRecord>>;
  find(access: Access, testId: string): Promise<TestRecord | undefined>;
  /** Newest run first, in it the last attempt first. */
  history(
    access: Access,
    testId: string,
    page: PageRequest<ResultKey>,
  ): Promise<Page<ResultRecord>>;
  edit(access: Access, edit: TestEdit): Promise<'edited' | 'stale' | 'missing'>;
  /** Those of a run that were not in quarantine; at most `limit`. */
  failed(
    access: Access,
    of: { readonly runId: string; readonly limit: number },
  ): Promise<readonly FailedTest[]>;
  /** The tests of a run that its reader has found already. */
  ofRun(
    of: { readonly runId: string; readonly filter: RunTestFilter },
    page: PageRequest<RunTestKey>,
  ): Promise<Page<RunTestRecord> & { readonly counts: RunTestCounts }>;
  readonly catalogue: CatalogueStore;
  readonly memory: TestMemory;
}
