import { expect, it } from 'vitest';
import { startApi } from './server.ts';

const POLICIES = '/api/v1/policies';

it('whoever reads runs reads what holds for all of them here', async () => {
  await using api = await startApi({ governancePolicy: { min_governance_score: 0.8 } });
  const token = await api.token('ann', ['runs:read']);
  const { status, body } = await api.call(POLICIES, { token });
  expect([status, body.governance]).toEqual([200, { min_governance_score: 0.8 }]);
  expect(body.recovery.map(({ action }: { action: string }) => action)).toEqual([
    ...['requeue_job', 'retry_job', 'escalate_manual'],
  ]);
  const tasksOnly = await api.token('bob', ['tasks:read']);
  expect((await api.call(POLICIES, { token: tasksOnly })).status).toBe(403);
});

it('a server without a governance policy says so', async () => {
  await using api = await startApi();
  expect((await api.call(POLICIES)).body.governance).toBeNull();
});
