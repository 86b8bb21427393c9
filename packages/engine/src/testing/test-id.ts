import { createHash } from 'node:crypto';

/** What makes a test the same test in every run. */
export interface TestIdentity {
  /** The suite of the catalogue, or what `suite` says; else the suites of the report. */
  readonly suite: string;
  /** The innermost suite that the report has it in; empty where that is the suite. */
  readonly reportSuite: string;
  readonly classname: string;
  readonly name: string;
}

/**
 * The id of a test: SHA-256 over the JSON list of owner, suite, suite of the report, class, name and which
 * of several tests of that name it is, its first 128 bits as a UUID of version 8 (RFC 9562).
 *
 * @param occurrence 1 for the first test of its identity in a report, 2 for the second
 */
export function testIdOf(owner: string, test: TestIdentity, occurrence = 1): string {
  const { suite, reportSuite, classname, name } = test;
  const identity = JSON.stringify([owner, suite, reportSuite, classname, name, occurrence]);
  const bytes = createHash('sha256').update(identity).digest().subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A test of a report with its id. */
export interface Identified<Test> {
  readonly test: Test;
  readonly testId: string;
  readonly occurrence: number;
}

/** Gives each test of a report its id; those of one identity are counted in the report's order. */
export function identified<Test extends TestIdentity>(
  owner: string,
  tests: readonly Test[],
): Identified<Test>[] {
  const seen = new Map<string, number>();
  return tests.map((test) => {
    const first = testIdOf(owner, test);
    const occurrence = (seen.get(first) ?? 0) + 1;
    seen.set(first, occurrence);
    const testId = occurrence === 1 ? first : testIdOf(owner, test, occurrence);
    return { test, testId, occurrence };
  });
}
