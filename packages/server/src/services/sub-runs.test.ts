import type { Access, Submission, UsableRetryPolicy } from '@tenuto/engine';
import { expect, test } from 'vitest';
import { scriptedEngine } from '../../test/scripted-engine.ts';
import { createPolicyUse } from './retry-policy-use.ts';
import { createSubRuns } from './sub-runs.ts';

const ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
const policy: UsableRetryPolicy = {
  policyId: ID,
  version: 5,
  policy: { strategy: 'immediate', max_attempts: 9 },
  jobTypes: ['dag'],
};
const defaults = {
  maxConcurrentNodes: 10,
  maxRetries: 3,
  timeoutMs: 3_600_000,
  maxRetryDelayMs: 5_000,
};

const never = () => Promise.reject(new Error('asked about tests'));
const NO_TESTS = {
  ...{ list: never, find: never, casesOf: never, create: never, replace: never, remove: never },
  entries: async () => [],
};

/** Starts a sub-run of a run of ann's, whose store has one policy; answers what was submitted. */
async function started(retry: string | undefined, has = true): Promise<Submission | undefined> {
  const engine = scriptedEngine();
  const mine = (owner: string) => (has && owner === 'ann' ? [policy] : []);
  const store = {
    usable: async ({ owner, all }: Access) => (all ? [] : mine(owner)),
    typed: async (owner: string) => mine(owner),
  };
  const policies = createPolicyUse({ store, clock: { mono: () => 0 }, defaults });
  const start = createSubRuns({
    engine: () => engine,
    jobs: { submission: async () => undefined, find: async () => undefined },
    tests: { catalogue: NO_TESTS },
    rules: { defaults, checkAction: () => undefined, policies },
  });
  await start({
    from: { dag: { nodes: [{ id: 'a', uses: 'x', ...(retry !== undefined && { retry }) }] } },
    ...{ params: {}, name: 'child', owner: 'ann', parentRun: 'run-1', idempotencyKey: 'k' },
    parentNode: 'start',
  });
  return engine.submitted[0];
}

test('a sub-run uses the policies of its owner: by id, and by its type', async () => {
  const used = { policy_id: ID, version: 5, used_by: 'job_type' };
  for (const retry of [undefined, ID]) {
    const submission = await started(retry);
    expect(submission?.plan.specs[0]?.retry).toMatchObject({
      strategy: 'immediate',
      max_attempts: 9,
      max_delay_ms: 5_000,
    });
    expect(submission?.input).toMatchObject({ retryPolicies: [used] });
  }
});

test('a sub-run without policies has the defaults of the deployment', async () => {
  const submission = await started(undefined, false);
  expect(submission?.plan.specs[0]?.retry).toMatchObject({ max_attempts: 4, max_delay_ms: 5_000 });
  expect(submission?.input).not.toHaveProperty('retryPolicies');
});

test('a sub-run that names a policy which is not there is not started', async () => {
  await expect(started(ID, false)).rejects.toMatchObject({
    code: 'invalid_plan',
    message: expect.stringContaining(`There is no retry policy ${ID}.`),
  });
});
