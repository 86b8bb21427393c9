import { testName } from '../commands/test-name.ts';

/** What a test run came to, as an output says it. */
export interface TestReport {
  /** `12 passed, 1 failed, 1 in quarantine`: failures that fail nothing are among the failed. */
  readonly counts: string;
  readonly failedCases: readonly { readonly name: string; readonly message: string }[];
}

const COUNTED = ['passed', 'failed', 'errors', 'flaky', 'skipped'];
const BAD = ['failed', 'error'];

/**
 * Reads the report in a node's output.
 *
 * @returns undefined when the output is no test report
 */
export function readTestReport(output: unknown): TestReport | undefined {
  const counts = memberOf(output, 'counts');
  const cases = memberOf(output, 'cases');
  if (typeof counts !== 'object' || counts === null || !Array.isArray(cases)) return undefined;
  const said = COUNTED.flatMap((name) => {
    const count = memberOf(counts, name);
    return typeof count === 'number' && count > 0 ? [`${count} ${name}`] : [];
  });
  const excused = excusedOf(output);
  if (excused > 0) said.push(`${excused} in quarantine`);
  return {
    counts: said.join(', ') || 'no tests',
    failedCases: cases
      .filter((one) => BAD.includes(textOf(memberOf(one, 'status'))))
      .map((one) => ({ name: caseName(one), message: textOf(memberOf(one, 'message')) })),
  };
}

/** Failures of tests in quarantine: those that are named, and the others. */
function excusedOf(output: unknown): number {
  const named = memberOf(output, 'quarantined_failures');
  const omitted = memberOf(output, 'quarantined_omitted');
  return (Array.isArray(named) ? named.length : 0) + (typeof omitted === 'number' ? omitted : 0);
}

/** As the list of tests and the messages of test runs have it. */
function caseName(one: unknown): string {
  const [suite = '', classname = '', name = ''] = ['suite', 'classname', 'name'].map((member) =>
    textOf(memberOf(one, member)),
  );
  return textOf(memberOf(one, 'id')) || testName({ suite, classname, name });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
