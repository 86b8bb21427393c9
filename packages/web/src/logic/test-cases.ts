import type { JobNode } from '@tenuto/contract';

/** One case as the output of a node of tests lists it. */
export interface TestCaseView {
  readonly key: string;
  readonly nodeId: string;
  readonly suite: string;
  readonly classname: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'error' | 'skipped';
  readonly flaky: boolean;
  readonly quarantined: boolean;
  readonly seconds: number;
  readonly message: string | undefined;
  readonly details: string | undefined;
}

const STATUSES = ['passed', 'failed', 'error', 'skipped'] as const;

/** What nodes of tests say in their outputs: their cases, and how many are left out there. */
export function testCases(nodes: readonly Pick<JobNode, 'node_id' | 'output'>[]): {
  readonly cases: readonly TestCaseView[];
  readonly omitted: number;
} {
  const cases: TestCaseView[] = [];
  let omitted = 0;
  for (const { node_id: nodeId, output } of nodes) {
    if (!isObject(output) || !isObject(output.counts) || !Array.isArray(output.cases)) continue;
    cases.push(...output.cases.flatMap((one: unknown) => caseOf(one, nodeId) ?? []));
    const { truncated } = output;
    if (isObject(truncated)) {
      omitted += Math.max(0, number(truncated.cases_total) - output.cases.length);
    }
  }
  return { cases, omitted };
}

function caseOf(one: unknown, nodeId: string): TestCaseView | undefined {
  if (!isObject(one)) return undefined;
  const status = STATUSES.find((known) => known === one.status);
  if (status === undefined) return undefined;
  return {
    ...{ nodeId, status, key: `${nodeId} ${text(one.id) ?? text(one.name)}` },
    ...{ suite: text(one.suite) ?? '', classname: text(one.classname) ?? '' },
    ...{ name: text(one.name) ?? '', seconds: number(one.duration_seconds) },
    ...{ flaky: one.flaky === true, quarantined: one.quarantined === true },
    ...{ message: text(one.message), details: text(one.details) },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const number = (value: unknown) => (typeof value === 'number' ? value : 0);
