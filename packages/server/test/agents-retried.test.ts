/** Retries of runs that are over because of their agents: what was paid for is not paid for anew. */
import type { ProviderScript } from '@tenuto/testkit';
import { expect, it } from 'vitest';
import { agentNode, agentStage, whoAsks } from './agents-stage.ts';

const JOB = '/api/v1/orchestration/job';
const CALLS = 4;

const answerOf = (asked: string) =>
  Number(asked.split('/')[1]) < CALLS - 1
    ? { toolCalls: [{ name: 'workspace_list', input: {} }] }
    : { text: `${asked} is done.` };

async function retried(answer: ProviderScript, mended: () => void, more: object = {}) {
  const { served, provider } = await agentStage(answer);
  const jobId = await served.submit([agentNode('ann', { max_retries: 0, ...more })]);
  const first = await served.ended(jobId);
  mended();
  const before = provider.requests.length;
  const answered = await served.call(`${JOB}/${jobId}/retry`, { body: { from: 'failed' } });
  expect([answered.status, answered.body.detail]).toEqual([200, undefined]);
  const last = await served.ended(jobId);
  return {
    ...{ first, last, served, jobId },
    asked: provider.requests.slice(before).map(whoAsks),
  };
}

it('an agent whose key was refused goes on with the call that was refused', async () => {
  let refused = true;
  const { first, last, asked } = await retried(
    (request) =>
      refused && whoAsks(request) === 'ann/2'
        ? { status: 401, error: 'no such key' }
        : answerOf(whoAsks(request)),
    () => {
      refused = false;
    },
  );
  expect([first.status, last.status]).toEqual(['failed', 'completed']);
  expect(asked).toEqual(['ann/2', 'ann/3']);
});

it('an agent whose own answers led nowhere begins anew', async () => {
  let wrong = true;
  const schema = { type: 'object', required: ['sum'], properties: { sum: { type: 'number' } } };
  const { first, last, asked } = await retried(
    () => ({ text: wrong ? 'I do not know.' : '{"sum": 4}' }),
    () => {
      wrong = false;
    },
    { with: { agent: 'ann', prompt: 'You are ann.', output_schema: schema } },
  );
  expect([first.status, last.status]).toEqual(['failed', 'completed']);
  expect(asked).toEqual(['ann/0']);
});
