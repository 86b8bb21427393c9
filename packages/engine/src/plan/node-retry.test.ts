import type { InlineRetryPolicy } from '@tenuto/contract';
import { describe, expect, it, test } from 'vitest';
import { parallel, work } from '../../test/graph-nodes.ts';
import { problemsOf } from '../../test/refusal.ts';
import { DEFAULT_RETRY_POLICY } from '../retry/index.ts';
import { type CompileOptions, compilePlan, compileStoredPlan } from './compile.ts';
import type { StoredPolicy } from './plan.ts';

const ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
const JOB = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1c';

const stored = (
  policyId: string,
  policy: InlineRetryPolicy,
  version = 3,
): [string, StoredPolicy] => [policyId, { policyId, version, policy }];
const policies = new Map([
  stored(ID, { strategy: 'linear_backoff', max_attempts: 7 }),
  stored(JOB, { strategy: 'immediate', max_retries: 1, jitter: 'full' }, 9),
]);
const job = { retry: policies.get(JOB)?.policy ?? {}, retryFrom: JOB, policies };

/** How one node with these rules is retried. */
function retryOf(rules: Parameters<typeof work>[1], options: CompileOptions = { policies }) {
  const [spec] = compilePlan({ nodes: [work('a', rules)] }, options).specs;
  if (spec === undefined) throw new Error('no node');
  return spec;
}

describe('a node that names a stored policy', () => {
  it('runs under it, whatever its job says', () => {
    const written = { strategy: 'linear_backoff', max_attempts: 7 } as const;
    for (const retry of [ID, ID.toUpperCase()]) {
      const spec = retryOf({ retry }, job);
      expect(spec.retry).toEqual({ ...DEFAULT_RETRY_POLICY, ...written });
      expect(spec.retryFrom).toMatchObject({ policyId: ID, version: 3 });
    }
  });

  it('may have another number of attempts', () => {
    const spec = retryOf({ retry: ID, max_retries: 1 });
    expect(spec.retry).toMatchObject({ strategy: 'linear_backoff', max_attempts: 2 });
    expect(spec.retryFrom).toMatchObject({ policyId: ID });
  });

  it('is refused when there is no such policy, by its place', () => {
    const other = '0199a1b2-7c3d-7e4f-8a5b-000000000000';
    const nodes = [parallel('g', [work('a'), work('b', { retry: other })])];
    expect(problemsOf({ nodes }, { policies })).toEqual([
      {
        path: '/nodes/0/children/1/retry',
        message: `There is no retry policy ${other}.`,
        value: other,
      },
    ]);
    expect(problemsOf({ nodes })).toHaveLength(1);
  });
});

describe('a node whose job runs under a stored policy', () => {
  it('does so too when it says nothing', () => {
    const spec = retryOf({}, job);
    expect(spec.retry).toMatchObject({ strategy: 'immediate', max_attempts: 2, jitter: 'full' });
    expect(spec.retryFrom).toMatchObject({ policyId: JOB, version: 9 });
  });

  it('does so with another number of attempts', () => {
    const spec = retryOf({ max_retries: 5 }, job);
    expect(spec.retry).toMatchObject({ strategy: 'immediate', max_attempts: 6 });
    expect(spec.retryFrom).toMatchObject({ policyId: JOB });
  });

  it('has a policy of its own once it writes one, the rest being that of its job', () => {
    const spec = retryOf({ retry: { strategy: 'fibonacci_backoff' } }, job);
    expect(spec.retry).toMatchObject({ strategy: 'fibonacci_backoff', jitter: 'full' });
    expect(spec.retryFrom).toBeUndefined();
  });
});

test('nodes of one policy share one object, however they came to it', () => {
  const nodes = [work('a'), work('b', { retry: JOB }), work('c', { max_retries: 2 })];
  const { specs } = compilePlan({ nodes }, job);
  expect(new Set(specs.map(({ retryFrom }) => retryFrom)).size).toBe(1);
});

describe('the document of a plan', () => {
  const nodes = [work('a', { retry: ID }), work('b')];

  it('holds what the policies said, so that it compiles to the same without them', () => {
    const plan = compilePlan({ nodes }, job);
    const again = compileStoredPlan(plan.document);
    expect(again.hash).toBe(plan.hash);
    expect(again.specs.map(({ retry, retryFrom }) => [retry, retryFrom])).toEqual(
      plan.specs.map(({ retry, retryFrom }) => [retry, retryFrom]),
    );
  });

  it('is another one when a policy has another version or says something else', () => {
    const hashes = [
      stored(ID, { max_attempts: 7 }, 3),
      stored(ID, { max_attempts: 7 }, 4),
      stored(ID, { max_attempts: 6 }, 4),
    ].map((entry) => compilePlan({ nodes }, { policies: new Map([entry]) }).hash);
    expect(new Set(hashes).size).toBe(3);
  });

  it('says nothing of policies where there are none', () => {
    const plain = compilePlan({ nodes: [work('a')] });
    expect(compilePlan({ nodes: [work('a')] }, { policies: new Map() }).hash).toBe(plain.hash);
    expect(Object.keys(JSON.parse(plain.document))).not.toContain('policies');
  });
});

describe('a policy with two numbers of attempts', () => {
  const retry = { max_attempts: 2, max_retries: 5 };

  it('is refused by its place', () => {
    expect(problemsOf({ nodes: [work('a', { retry })] })).toMatchObject([
      { path: '/nodes/0/retry/max_retries', message: expect.stringMatching(/^In retry of "a"/) },
    ]);
  });

  it('goes on as it was in a plan that was stored before it was refused', () => {
    const document = compilePlan({ nodes: [work('a')] }).document.replace(
      '"id":"a"',
      `"id":"a","retry":${JSON.stringify(retry)}`,
    );
    expect(compileStoredPlan(document).specs[0]?.retry.max_attempts).toBe(2);
  });
});

describe('a window that is none', () => {
  test.each([
    [{ start: '06:00', end: '06:00' }, '/nodes/0/retry/retry_window/end'],
    [
      { start: '06:00', end: '07:00', timezone: 'Mars/Olympus' },
      '/nodes/0/retry/retry_window/timezone',
    ],
  ])('%j is refused by its place', (retry_window, path) => {
    const problems = problemsOf({ nodes: [work('a', { retry: { retry_window } })] });
    expect(problems).toMatchObject([{ path, message: expect.stringMatching(/^In retry of "a"/) }]);
  });

  it('is refused for each node that has it', () => {
    const retry = { retry_window: { start: '06:00', end: '06:00' } };
    expect(problemsOf({ nodes: [work('a', { retry }), work('b', { retry })] })).toHaveLength(2);
  });
});
