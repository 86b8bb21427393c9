import { DryRunSchema, JobSchema, SubmitJobSchema } from '@tenuto/contract';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addLive } from './rows.ts';
import { aJob, JOB, startApi, startOwnApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({
    rules: {
      defaults: {
        maxConcurrentNodes: 10,
        maxRetries: 3,
        timeoutMs: 3_600_000,
        maxRetryDelayMs: 300_000,
      },
      checkAction: (uses) => (uses === 'unknown.action' ? `There is no "${uses}".` : undefined),
    },
  });
});
afterAll(() => api[Symbol.asyncDispose]());

const submit = (body: unknown, headers: Record<string, string> = {}) =>
  api.call(JOB, { body, headers });
const lastSubmitted = () => api.engine.submitted.at(-1);

describe('a submitted job', () => {
  it('is answered with 202, its place and its state', async () => {
    const { status, body, headers } = await submit(aJob());
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`${JOB}/${body.job_id}`);
    expect(Compile(JobSchema).Check(body)).toBe(true);
    expect(body).toMatchObject({
      job_name: 'a job',
      job_type: 'dag',
      status: 'queued',
      priority: 5,
      triggered_by: 'admin',
      max_retries: 3,
      max_concurrent_nodes: 10,
      fail_fast: false,
      timeout_ms: 3_600_000,
      tags: [],
      metadata: {},
      counts: { pending: 1, running: 0, completed: 0, failed: 0, skipped: 0 },
    });
  });

  it('goes to the engine with all it was given, and an audit row', async () => {
    const scheduledAt = new Date(Date.now() + 60_000).toISOString();
    const deadlineAt = new Date(Date.now() + 120_000).toISOString();
    await submit(
      aJob({
        job_description: 'why',
        job_type: 'nightly',
        priority: 1,
        tags: ['a', 'b', 'a'],
        execution_context: { branch: 'main' },
        scheduled_at: scheduledAt,
        deadline_at: deadlineAt,
        max_retries: 1,
        max_concurrent_nodes: 2,
        fail_fast: true,
        timeout_ms: 5_000,
        metadata: { team: 'x' },
      }),
      { 'x-request-id': 'request-7' },
    );
    expect(lastSubmitted()).toMatchObject({
      name: 'a job',
      description: 'why',
      jobType: 'nightly',
      kind: 'job',
      owner: 'admin',
      priority: 1,
      tags: ['a', 'b'],
      metadata: { team: 'x' },
      scheduledAt: Date.parse(scheduledAt),
      input: {
        params: { branch: 'main' },
        maxConcurrentNodes: 2,
        failFast: true,
        timeoutMs: 5_000,
        maxRetries: 1,
        deadlineAt: Date.parse(deadlineAt),
      },
      audit: { actor: 'admin', action: 'job.created', requestId: 'request-7' },
    });
    expect(lastSubmitted()?.plan.specs[0]?.retry.max_attempts).toBe(2);
  });

  it('has the aliases of the fields, one of each at a time', async () => {
    const { job_name: _, ...rest } = aJob();
    const { body } = await submit({ ...rest, name: 'other', description: 'text' });
    expect(body).toMatchObject({ job_name: 'other', job_description: 'text' });
    const twice = await submit(aJob({ name: 'other' }));
    expect([twice.status, twice.body.validation_errors[0].path]).toEqual([400, '/name']);
    const both = await submit(aJob({ description: 'a', job_description: 'b' }));
    expect([both.status, both.body.validation_errors[0].path]).toEqual([400, '/description']);
    const none = await submit(rest);
    expect([none.status, none.body.validation_errors[0].path]).toEqual([400, '/job_name']);
  });

  it('takes its number of attempts from its policy before its max_retries', async () => {
    const { body } = await submit(aJob({ max_retries: 1, retry_policy: { max_attempts: 5 } }));
    expect(body.max_retries).toBe(4);
    expect(lastSubmitted()?.plan.specs[0]?.retry.max_attempts).toBe(5);
  });

  it.each([
    ['a name that is too long', { job_name: 'x'.repeat(256) }],
    ['an empty name', { job_name: '' }],
    ['a priority beyond ten', { priority: 11 }],
    ['a priority in words', { priority: '5' }],
    ['too many tags', { tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }],
    ['a tag that is too long', { tags: ['x'.repeat(51)] }],
    ['too many retries', { max_retries: 11 }],
    ['a timeout under a second', { timeout_ms: 999 }],
    ['a timeout over a day', { timeout_ms: 86_400_001 }],
    ['a day that is not in its month', { scheduled_at: '2027-02-30T00:00:00Z' }],
    ['a leap second', { scheduled_at: '2027-06-30T23:59:60Z' }],
    ['a time without an offset', { deadline_at: '2027-02-03T00:00:00' }],
    ['a field of a later release', { template: 'x' }],
    ['another field of a later release', { concurrency_key: 'x' }],
    ['no graph', { dag_definition: undefined }],
    [
      'a field in a node that does not exist',
      { dag_definition: { nodes: [{ id: 'a', colour: 1 }] } },
    ],
  ])('is refused with %s', async (_, changes) => {
    const { status, body } = await submit(aJob(changes));
    expect([status, body.error_code]).toEqual([400, 'validation_failed']);
    expect(body.validation_errors.length).toBeGreaterThan(0);
  });

  it('of a graph that cannot run is refused with where it is wrong', async () => {
    const nodes = [
      { id: 'a', uses: 'sleep.for', parent_nodes: ['b'] },
      { id: 'b', uses: 'sleep.for', parent_nodes: ['a'] },
    ];
    const cycle = await submit(aJob({ dag_definition: { nodes } }));
    expect([cycle.status, cycle.body.error_code]).toEqual([422, 'invalid_plan']);
    expect(cycle.body.detail).toMatch(/a -> b -> a|b -> a -> b/);
    expect(cycle.body.validation_errors[0].path).toMatch(/^\/dag_definition\/nodes\/\d/);
    const unknown = await submit(
      aJob({ dag_definition: { nodes: [{ id: 'a', uses: 'unknown.action' }] } }),
    );
    expect(unknown.status).toBe(422);
    const empty = await submit(aJob({ dag_definition: { nodes: [] } }));
    expect([empty.status, empty.body.error_code]).toEqual([422, 'invalid_plan']);
  });

  it('whose deadline has passed is refused', async () => {
    const past = await submit(aJob({ deadline_at: '2020-01-01T00:00:00Z' }));
    expect([past.status, past.body.error_code]).toEqual([422, 'unprocessable']);
    const early = await submit(
      aJob({
        scheduled_at: new Date(Date.now() + 60_000).toISOString(),
        deadline_at: new Date(Date.now() + 30_000).toISOString(),
      }),
    );
    expect(early.status).toBe(422);
  });

  it('waits no longer between attempts than the deployment allows', async () => {
    const defaults = { maxConcurrentNodes: 10, maxRetries: 3, timeoutMs: 3_600_000 };
    const strict = await startOwnApi({
      rules: { defaults: { ...defaults, maxRetryDelayMs: 5_000 }, checkAction: () => undefined },
    });
    const nodes = [
      { id: 'silent', uses: 'sleep.for' },
      { id: 'patient', uses: 'sleep.for', retry: { max_delay_ms: 300_000 } },
      { id: 'hasty', uses: 'sleep.for', retry: { max_delay_ms: 100 } },
    ];
    const { status } = await strict.call(JOB, { body: aJob({ dag_definition: { nodes } }) });
    expect(status).toBe(202);
    const specs = strict.engine.submitted[0]?.plan.specs ?? [];
    expect(specs.map(({ retry }) => retry.max_delay_ms)).toEqual([5_000, 5_000, 100]);
  });

  it('may have nodes by any name', async () => {
    const nodes = ['__proto__', 'constructor', 'a/b', 'ü', '..'].map((id) => ({
      id,
      uses: 'sleep.for',
    }));
    expect((await submit(aJob({ dag_definition: { nodes } }))).status).toBe(202);
  });

  it('is as the example of the document says', async () => {
    const examples: unknown = Reflect.get(SubmitJobSchema, 'examples');
    for (const example of examples as unknown[]) expect((await submit(example)).status).toBe(202);
  });
});

describe('a dry run', () => {
  it('tells the shape of the graph and stores nothing', async () => {
    const before = api.engine.submitted.length;
    const nodes = [
      { id: 'a', uses: 'sleep.for' },
      ...Array.from({ length: 12 }, (_, i) => ({
        id: `m${i}`,
        uses: 'sleep.for',
        parent_nodes: ['a'],
      })),
      { id: 'z', uses: 'sleep.for', parent_nodes: ['m3'], timeout_seconds: 7_200 },
    ];
    const { status, body } = await api.call(`${JOB}?dry_run=true`, {
      body: aJob({ dag_definition: { nodes } }),
    });
    expect(status).toBe(200);
    expect(Compile(DryRunSchema).Check(body)).toBe(true);
    expect(body).toMatchObject({
      node_count: 14,
      edge_count: 13,
      critical_path: ['a', 'm3', 'z'],
      critical_path_length: 3,
      widest_level: { level: 1, nodes: 12 },
      levels: [
        { level: 0, nodes: 1 },
        { level: 1, nodes: 12 },
        { level: 2, nodes: 1 },
      ],
    });
    expect(body.warnings).toHaveLength(2);
    expect(api.engine.submitted.length).toBe(before);
    expect((await api.call(`${JOB}?dry_run=perhaps`, { body: aJob() })).status).toBe(400);
  });
});

describe('an idempotency key', () => {
  async function used(key: string, body: unknown): Promise<string> {
    await submit(body, { 'idempotency-key': key });
    const hash = lastSubmitted()?.idempotency?.requestHash;
    const runId = await addLive(api.pool, { name: 'the first' });
    await api.pool.query(
      'insert into idempotency_keys (owner, key, request_hash, run_id) values ($1, $2, $3, $4)',
      ['admin', key, Buffer.from(hash ?? []), runId],
    );
    return runId;
  }

  it('gives the same answer to the same body, however it is written', async () => {
    const runId = await used('key-1', aJob({ metadata: { a: 1, b: 2 } }));
    const { status, body } = await submit(
      { ...aJob(), metadata: { b: 2, a: 1 } },
      { 'idempotency-key': 'key-1' },
    );
    expect([status, body.job_id, body.job_name]).toEqual([202, runId, 'the first']);
  });

  it('is refused with another body', async () => {
    await used('key-2', aJob());
    const { status, body } = await submit(aJob({ priority: 9 }), { 'idempotency-key': 'key-2' });
    expect([status, body.error_code]).toEqual([422, 'idempotency_mismatch']);
  });

  it('that another request wins in the same moment gives the answer of that one', async () => {
    const body = aJob({ job_name: 'race' });
    await submit(body, { 'idempotency-key': 'key-3' });
    const hash = lastSubmitted()?.idempotency?.requestHash ?? new Uint8Array();
    const runId = await addLive(api.pool);
    const { submit: original } = api.engine;
    api.engine.submit = async () => {
      await api.pool.query(
        'insert into idempotency_keys (owner, key, request_hash, run_id) values ($1, $2, $3, $4)',
        ['admin', 'key-3', Buffer.from(hash), runId],
      );
      return { duplicate: true };
    };
    const answer = await submit(body, { 'idempotency-key': 'key-3' });
    api.engine.submit = original;
    expect([answer.status, answer.body.job_id]).toEqual([202, runId]);
  });

  it('belongs to one principal', async () => {
    await used('key-4', aJob());
    const token = await api.token('ann', ['jobs:write']);
    const headers = { 'idempotency-key': 'key-4' };
    const { status, body } = await api.call(JOB, { body: aJob({ priority: 2 }), token, headers });
    expect([status, body.triggered_by]).toEqual([202, 'ann']);
  });

  it('is 1 to 255 printable characters', async () => {
    for (const key of ['a b', 'x'.repeat(256)]) {
      expect((await submit(aJob(), { 'idempotency-key': key })).status).toBe(400);
    }
  });
});

describe('while the disk is nearly full', () => {
  it('a job is refused with what to do, and nothing is submitted', async () => {
    const full = await startOwnApi({ refusal: () => 'The disk is full: make room.' });
    const { status, body, headers } = await full.call(JOB, { body: aJob() });
    expect(status).toBe(503);
    expect(body).toMatchObject({
      error_code: 'overloaded',
      detail: 'The disk is full: make room.',
    });
    expect(headers.get('retry-after')).toBe('30');
    expect(full.engine.submitted).toEqual([]);
  });
});
