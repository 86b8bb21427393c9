/** Models that a policy keeps away from runs of profiles. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApi, type TestApi } from './server.ts';

const RUNS = '/api/v1/runs';
let api: TestApi;
beforeAll(async () => {
  const policy = { allowed_models: ['anthropic/*', 'scripted/default'] };
  api = await startApi({ rules: { models: { policy, defaultModel: () => 'openai/gpt-5-mini' } } });
});
afterAll(() => api[Symbol.asyncDispose]());

async function problemsOf(name: string, profile: object, run: object = {}) {
  const stored = await api.call('/api/v1/profiles', { body: { name, ...profile } });
  expect([stored.status, stored.body.detail]).toEqual([201, undefined]);
  const { status, body } = await api.call(RUNS, { body: { profile: name, ...run } });
  return status === 201 ? [] : [status, ...body.validation_errors];
}

const phase = (agents: readonly object[]) => ({ id: 'one', agents });
const agent = (id: string, more: object = {}) => ({ id, prompt: 'Do it.', ...more });

it('are refused with their places before anything is paid for', async () => {
  const agents = [
    agent('a', { model: 'openai/gpt-5' }),
    agent('b', {
      model: 'anthropic/claude-sonnet-4-5',
      sub_agents: [{ name: 'c', description: 'Helps.', model: 'google/gemini-2.5-flash' }],
    }),
    agent('d'),
  ];
  expect(await problemsOf('many', { phases: [phase(agents)] })).toEqual([
    422,
    {
      path: '/profile/phases/0/agents/0/model',
      message:
        'is openai/gpt-5, which the policy of the deployment does not allow: it allows anthropic/*, scripted/default',
      value: 'openai/gpt-5',
    },
    expect.objectContaining({ path: '/profile/phases/0/agents/1/sub_agents/0/model' }),
    expect.objectContaining({ value: 'openai/gpt-5-mini' }),
  ]);
});

it('are refused by the policy of the profile, too', async () => {
  const profile = {
    model: 'anthropic/claude-sonnet-4-5',
    policy: { allowed_models: ['scripted/*'] },
    phases: [phase([agent('a')])],
  };
  expect(await problemsOf('own', profile)).toEqual([
    422,
    expect.objectContaining({ message: expect.stringContaining('the policy of the profile') }),
  ]);
});

it('are what others are not', async () => {
  const profile = { model: 'scripted/default', phases: [phase([agent('a')])] };
  expect(await problemsOf('fits', profile)).toEqual([]);
});
