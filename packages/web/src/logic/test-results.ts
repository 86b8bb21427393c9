/** What the history of a test says about it. */
import type { RecentResult, Test, TestResult, TestStatus } from '@tenuto/contract';
import type { Status } from './status.ts';

/** How a result looks; a pass that came only after another result is not a pass like others. */
export function resultStatus({
  status,
  flaky,
}: {
  readonly status: TestStatus;
  readonly flaky: boolean;
}): Status {
  return status === 'passed' && flaky ? 'flaky_pass' : status;
}

/** The whole name of a test, as reports and messages have it. */
export function testPlace({ suite, classname }: Pick<Test, 'suite' | 'classname'>): string {
  return [suite, classname].filter((part) => part !== '').join(' › ');
}

/** Results of one revision, or of one run, that do not agree. */
export interface Evidence {
  /** The commit, or the run where no commit is known. */
  readonly of: string;
  readonly isCommit: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly at: string;
  readonly runId: string;
}

/** Where the same code both passed and failed, newest first. */
export function evidenceOf(history: readonly TestResult[]): readonly Evidence[] {
  const groups = new Map<string, TestResult[]>();
  for (const result of history) {
    if (result.status === 'skipped') continue;
    const key = result.commit ?? result.run_id;
    const known = groups.get(key);
    if (known) known.push(result);
    else groups.set(key, [result]);
  }
  return [...groups].flatMap(([of, results]) => {
    const [newest] = results;
    const passes = results.filter(({ status }) => status === 'passed');
    const passed = passes.length;
    // A rerun inside of a report leaves one result: the pass that says that it was not the first.
    const alone = passes.filter(
      ({ flaky, run_id: run }) =>
        flaky && !results.some((one) => one.run_id === run && one.status !== 'passed'),
    ).length;
    const failed = results.length - passed + alone;
    if (newest === undefined || passed === 0 || failed === 0) return [];
    const isCommit = newest.commit !== null;
    return [{ of, isCommit, passed, failed, at: newest.at, runId: newest.run_id }];
  });
}

/** Failures that say the same, but for numbers and addresses. */
export interface FailureGroup {
  readonly message: string;
  readonly count: number;
  readonly first: string;
  readonly last: TestResult;
}

/** Failures by what they say, the most frequent first. */
export function failureGroups(
  history: readonly TestResult[],
  unsaid: string,
): readonly FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const result of history) {
    if (result.status !== 'failed' && result.status !== 'error') continue;
    const message = firstLine(result.message) ?? unsaid;
    const key = message.replace(/0x[0-9a-f]+|\d+(\.\d+)?/gi, '#');
    const known = groups.get(key);
    groups.set(
      key,
      known === undefined
        ? { message, count: 1, first: result.at, last: result }
        : { ...known, count: known.count + 1, first: result.at },
    );
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count);
}

function firstLine(text: string | null): string | undefined {
  return text?.split('\n').find((line) => line.trim() !== '');
}

/** Durations as the points of a line in a box, oldest first. */
export function sparkPoints(
  recent: readonly RecentResult[],
  { width, height }: { readonly width: number; readonly height: number },
): readonly (readonly [number, number])[] {
  const durations = recent.toReversed().map(({ duration_ms: ms }) => ms);
  const most = Math.max(1, ...durations);
  const step = durations.length > 1 ? width / (durations.length - 1) : 0;
  return durations.map((ms, at) => [
    Math.round(at * step * 10) / 10,
    Math.round((height - (ms / most) * height) * 10) / 10,
  ]);
}
