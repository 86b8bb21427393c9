import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApi, type TestApi } from './server.ts';

const POLICIES = '/api/v1/policies';
const GOVERNANCE = { min_governance_score: 0.8 };

let governed: TestApi;
let free: TestApi;
beforeAll(async () => {
  [governed, free] = await Promise.all([startApi({ governancePolicy: GOVERNANCE }), startApi()]);
});
afterAll(() => Promise.all([governed, free].map((api) => api?.[Symbol.asyncDispose]())));

it('whoever reads runs reads what holds for all of them here', async () => {
  const token = await governed.token('ann', ['runs:read']);
  const { status, body } = await governed.call(POLICIES, { token });
  expect([status, body.governance]).toEqual([200, GOVERNANCE]);
  expect(body.recovery.map(({ action }: { action: string }) => action)).toEqual([
    ...['requeue_job', 'retry_job', 'escalate_manual'],
  ]);
  const other = await governed.token('bob', ['tasks:read']);
  expect((await governed.call(POLICIES, { token: other })).status).toBe(403);
});

it('a server without a governance policy says so', async () => {
  expect((await free.call(POLICIES)).body.governance).toBeNull();
});
