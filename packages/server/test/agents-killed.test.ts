/** Five agents that make thirty calls of a model, and a server that is killed among them. */
import type { ProviderScript } from '@tenuto/testkit';
import { expect, it } from 'vitest';
import { agentNode, agentStage, whoAsks } from './agents-stage.ts';

const AGENTS = ['ann', 'bob', 'cid', 'dan', 'eve'];
const CALLS = 6;
const SOON = { timeout: 120_000, interval: 20 };

const stepOf = (asked: string) => Number(asked.split('/')[1]);

/** Each call but the last writes a file. */
const answerOf = (asked: string) =>
  stepOf(asked) < CALLS - 1
    ? {
        text: `This is ${asked}.`,
        toolCalls: [
          {
            id: `call_${stepOf(asked)}`,
            name: 'workspace_write',
            input: { path: `${asked}.md`, content: `# ${asked}` },
          },
        ],
      }
    : { text: `${asked} is done.` };

function counted(requests: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const asked of requests) counts[asked] = (counts[asked] ?? 0) + 1;
  return counts;
}

it('after kill -9 no recorded call is made again, and those under way follow on_ambiguous', async () => {
  let hold = true;
  const answer: ProviderScript = (request) => {
    const asked = whoAsks(request);
    return { ...answerOf(asked), ...(hold && stepOf(asked) === 3 && { delayMs: 600_000 }) };
  };
  const { served, provider, query } = await agentStage(answer);
  const policies: Readonly<Record<string, object>> = {
    ...{ ann: {}, bob: { on_ambiguous: 'retry' } },
    ...{ cid: { on_ambiguous: 'ask' }, dan: { on_ambiguous: 'fail', allow_failure: true } },
  };
  const jobId = await served.submit(AGENTS.map((id) => agentNode(id, policies[id])));
  const held = () => provider.requests.filter((request) => stepOf(whoAsks(request)) === 3);
  await expect.poll(() => held().length, SOON).toBe(AGENTS.length);
  await served.server().kill();
  const calls = await query<{ state: string; count: number }>(
    `select state, count(*)::int as count from calls where kind = 'model' group by 1 order by 1`,
  );
  expect(calls).toEqual([
    { state: 'done', count: 15 },
    { state: 'open', count: 5 },
  ]);
  hold = false;
  await served.restart();
  const list = `/api/v1/orchestration/interventions?state=open`;
  await expect.poll(async () => (await served.call(list)).body.total, SOON).toBe(1);
  const [asked] = (await served.call(list)).body.items;
  expect(asked.message).toContain('step 4 of cid');
  await served.call(`/api/v1/orchestration/interventions/${asked.intervention_id}/resolve`, {
    body: { resolution: 'retry' },
  });
  expect((await served.ended(jobId)).status).toBe('completed');
  const expected: Record<string, number> = {};
  for (const agent of AGENTS) {
    const steps = agent === 'dan' ? 4 : CALLS;
    for (let step = 0; step < steps; step += 1) expected[`${agent}/${step}`] = 1;
    if (agent !== 'dan') expected[`${agent}/3`] = 2;
  }
  expect(counted(provider.requests.map(whoAsks))).toEqual(expected);
  const dan = await served.node(jobId, 'dan');
  expect(dan).toMatchObject({ status: 'failed', error: { type: 'outcome_unknown' } });
  const ann = await served.node(jobId, 'ann');
  expect(ann.output).toMatchObject({
    text: 'ann/5 is done.',
    steps: CALLS,
    usage: { input: 600, output: 120 },
    artifacts: [0, 1, 2, 3, 4].map((step) => `ann/${step}.md`),
  });
});

it('wherever the kill falls, what was recorded is not asked again', async () => {
  const { served, provider, query } = await agentStage((request) => ({
    ...answerOf(whoAsks(request)),
    delayMs: 30,
  }));
  const jobId = await served.submit(AGENTS.map((id) => agentNode(id, { on_ambiguous: 'retry' })));
  await expect.poll(() => provider.requests.length, SOON).toBeGreaterThanOrEqual(13);
  await served.server().kill();
  const before = provider.requests.length;
  const done = await query<{ asked: string }>(
    `select agent || '/' || step as asked from calls where kind = 'model' and state = 'done'`,
  );
  await served.restart();
  expect((await served.ended(jobId)).status).toBe('completed');
  const recorded = new Set(done.map(({ asked }) => asked));
  const after = provider.requests.slice(before).map(whoAsks);
  expect(after.filter((asked) => recorded.has(asked))).toEqual([]);
  expect(new Set([...recorded, ...after]).size).toBe(AGENTS.length * CALLS);
  // Each agent had at most one call under way.
  expect(provider.requests.length).toBeLessThanOrEqual(AGENTS.length * CALLS + AGENTS.length);
});
