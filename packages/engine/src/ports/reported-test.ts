import type { TestStatus } from '@tenuto/contract';

/** A test of one attempt, as the action that ran it reports it. */
export interface ReportedTest {
  readonly suite: string;
  /** The innermost suite that the report has it in; empty where that is the suite. */
  readonly reportSuite: string;
  readonly classname: string;
  readonly name: string;
  readonly file?: string;
  readonly status: TestStatus;
  /** It had another result before, in the same attempt. */
  readonly flaky: boolean;
  /** It was in quarantine when the attempt began. */
  readonly quarantined?: boolean;
  readonly durationMs: number;
  readonly message?: string;
}
