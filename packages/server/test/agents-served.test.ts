/** Agents in a served process: over the wire of a provider, with the real ledger and workspace. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { agentNode, agentStage, PROVIDER_KEY } from './agents-stage.ts';
import { startServed } from './served.ts';

it('an agent works in the workspace of its run, and leaves its words, costs and log', async () => {
  const { served, provider } = await agentStage((_, number) =>
    number === 0
      ? {
          text: 'I write.',
          toolCalls: [{ name: 'workspace_write', input: { path: 'a.md', content: '# A' } }],
        }
      : { text: 'Done.', usage: { input: 50, output: 5 } },
  );
  const jobId = await served.submit([agentNode('writer')]);
  const job = await served.ended(jobId);
  const node = await served.node(jobId, 'writer');
  expect([job.status, node.error]).toEqual(['completed', null]);
  expect(node.output).toMatchObject({
    text: 'Done.',
    model: 'local/large',
    steps: 2,
    usage: { input: 150, output: 25 },
    artifacts: ['a.md'],
  });
  expect(provider.requests).toHaveLength(2);
  expect(provider.requests[0]?.headers.authorization).toBe(`Bearer ${PROVIDER_KEY}`);
  expect(await served.dump()).not.toContain(PROVIDER_KEY);
  expect(served.logs()).not.toContain(PROVIDER_KEY);
});

it('the example runs without a key', async () => {
  const served = await startServed();
  onTestFinished(() => served.close());
  const text = await readFile(join(import.meta.dirname, '../../../examples/agent.yaml'), 'utf8');
  const { nodes, execution_context } = parse(text);
  const jobId = await served.submit(nodes, { execution_context });
  expect((await served.ended(jobId)).status).toBe('completed');
  expect((await served.node(jobId, 'judge')).output).toMatchObject({
    said: 'The greeting is in hello.md.',
    files: ['hello.md'],
  });
});

it('an agent without a model of anybody replays what is recorded', async () => {
  const served = await startServed();
  onTestFinished(() => served.close());
  const jobId = await served.submit([
    agentNode('greeter', {
      with: { agent: 'greeter', prompt: 'Say hello.', model: 'scripted/hello' },
    }),
  ]);
  await served.ended(jobId);
  expect((await served.node(jobId, 'greeter')).output).toMatchObject({
    text: 'The greeting is in hello.md.',
    model: 'scripted/hello',
    artifacts: ['hello.md'],
    cost_usd: expect.any(Number),
  });
});

it('a call cut off by a crash is asked about each time, and made once a person has said so', async () => {
  const { served, provider } = await agentStage((_, number) =>
    number === 0
      ? { toolCalls: [{ name: 'workspace_list', input: {} }] }
      : { text: 'Done.', ...(number < 3 && { delayMs: 600_000 }) },
  );
  const list = '/api/v1/orchestration/interventions';
  const jobId = await served.submit([{ ...agentNode('writer'), on_ambiguous: 'ask' }]);
  for (const crash of [1, 2]) {
    await expect.poll(() => provider.requests.length, SOON).toBe(1 + crash);
    await served.restart();
    const open = async () => (await served.call(`${list}?state=open`)).body.items;
    await expect.poll(async () => (await open()).length, SOON).toBe(1);
    expect(provider.requests).toHaveLength(1 + crash);
    const [{ intervention_id: id }] = await open();
    const body = { resolution: 'retry' };
    expect((await served.call(`${list}/${id}/resolve`, { body })).status).toBe(200);
  }
  expect((await served.ended(jobId)).status).toBe('completed');
  // Only the call of which nobody knew is made again, not the one that was recorded.
  expect(provider.requests).toHaveLength(4);
  expect((await served.node(jobId, 'writer')).output).toMatchObject({ text: 'Done.', steps: 2 });
});

const SOON = { timeout: 40_000, interval: 50 };
