import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, startServed } from './served.ts';

const TEMPLATES = '/api/v1/orchestration/templates';
let served: Served;
beforeAll(async () => {
  served = await startServed();
});
afterAll(() => served.close());

async function make(body: object): Promise<void> {
  const answer = await served.call(TEMPLATES, { body });
  expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
}
const sums = (expression: string) => [{ id: 'sum', uses: 'transform.cel', with: { expression } }];

describe('a template', () => {
  it('runs with its parameters, and as a part of another run', async () => {
    await make({
      name: 'sum',
      params_schema: {
        properties: { a: { type: 'integer' }, b: { type: 'integer', default: 40 } },
        required: ['a'],
      },
      dag_definition: { nodes: sums('params.a + params.b') },
    });
    const { body: job } = await served.call(`${TEMPLATES}/sum/instantiate`, {
      body: { params: { a: 2 } },
    });
    await served.ended(job.job_id);
    expect((await served.node(job.job_id, 'sum')).output).toBe(42);
    const outer = await served.submit([
      { id: 'good', uses: 'run.start', with: { template: 'sum', params: { a: 3 } } },
      {
        ...{ id: 'bad', uses: 'run.start', allow_failure: true },
        with: { template: 'sum', params: { a: 'x' } },
      },
      { id: 'gone', uses: 'run.start', with: { template: 'none' }, allow_failure: true },
    ]);
    expect((await served.ended(outer)).status).toBe('completed');
    const { output } = await served.node(outer, 'good');
    expect(await served.call(`/api/v1/orchestration/job/${output.run_id}`)).toMatchObject({
      body: { job_name: 'sum', status: 'completed' },
    });
    expect((await served.node(outer, 'bad')).error.message).toContain('/params/a');
    expect((await served.node(outer, 'gone')).error.message).toContain('no template "none"');
  });

  it('that starts itself comes to an end', async () => {
    const start = { template: 'ouroboros', params: {} };
    await make({ name: 'ouroboros', dag_definition: { nodes: sums('1') } });
    const nodes = [{ id: 'again', uses: 'run.start', with: start, max_retries: 0 }];
    const put = { method: 'PUT', body: { name: 'ouroboros', dag_definition: { nodes } } };
    expect((await served.call(`${TEMPLATES}/ouroboros`, put)).status).toBe(200);
    const { body: job } = await served.call(`${TEMPLATES}/ouroboros/instantiate`, { body: {} });
    expect((await served.ended(job.job_id)).status).toBe('failed');
    const { body } = await served.call('/api/v1/orchestration/jobs?name=ouroboros&limit=100');
    expect(body.total).toBe(21);
  });
});
