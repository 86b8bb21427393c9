import {
  JobSchema,
  type Test,
  TestEntryListSchema,
  TestEntrySchema,
  TestListSchema,
  TestResultListSchema,
  TestSchema,
} from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import { ApiError, ProtocolError } from './errors.ts';
import type { TestQuery } from './tests.ts';

afterEach(closeServers);

const answer = (schema: object) => () => ({ status: 200, body: exampleOf(schema) });
const ID = '6f3a1b2c-7c3d-8e4f-8a5b-6c7d8e9f0a1b';

describe('the tests of a server', () => {
  it('are listed with every filter in the address', async () => {
    const { client, server } = await connect(answer(TestListSchema));
    const names: string[] = [];
    const query: TestQuery = {
      ...{ suite: 'unit', name: 'a*', owner: 'team', status: ['failed', 'error'], flaky: true },
      quarantined: false,
      sort: 'duration',
      limit: 5,
    };
    for await (const test of client.tests.list(query)) names.push(test.name);
    expect(names).toEqual(['a cart costs what its items cost']);
    expect(server.seen[0]?.url).toBe(
      '/api/v1/tests?suite=unit&name=a*&owner=team&status=failed&status=error&flaky=true' +
        '&quarantined=false&sort=duration&limit=5',
    );
  });

  it('are read one by one, each with its history', async () => {
    const one = await connect(answer(TestSchema));
    const test: Test = await one.client.tests.get(ID);
    expect(test.quarantine?.reason).toBe('waits for a port that may be taken');
    expect(one.server.seen[0]?.url).toBe(`/api/v1/tests/${ID}`);
    const { client, server } = await connect(answer(TestResultListSchema));
    expect((await client.tests.history(ID, { limit: 1 }).first()).items[0]?.flaky).toBe(true);
    expect(server.seen[0]?.url).toBe(`/api/v1/tests/${ID}/history?limit=1`);
  });

  it('are changed, in the version that is named', async () => {
    const { client, server } = await connect(answer(TestSchema));
    const changes = { quarantine: { reason: 'a port' } };
    await client.tests.update(ID, changes, { version: 3 });
    await client.tests.update(ID, { owner: null });
    expect(server.seen.map(({ method, body }) => [method, body])).toEqual([
      ['PATCH', changes],
      ['PATCH', { owner: null }],
    ]);
    expect(server.seen.map(({ headers }) => headers['if-match'])).toEqual(['"3"', undefined]);
  });

  it('that failed make a job, under a key', async () => {
    const { client, server } = await connect(answer(JobSchema));
    const job = await client.tests.rerunFailed('j-1', { idempotencyKey: 'k' });
    expect(job.status).toBe('running');
    await client.tests.rerunFailed('j-1');
    expect(server.seen[0]).toMatchObject({
      ...{ method: 'POST', url: '/api/v1/orchestration/job/j-1/rerun-failed-tests' },
      headers: { 'idempotency-key': 'k' },
    });
    expect(server.seen[1]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are not taken from an answer of another form', async () => {
    const { client } = await connect(() => ({ status: 200, body: { test_id: ID } }));
    await expect(client.tests.get(ID)).rejects.toThrow(ProtocolError);
  });
});

describe('the catalogue', () => {
  it('is listed, read, filled and emptied', async () => {
    const list = await connect(answer(TestEntryListSchema));
    const page = await list.client.tests.catalogue.list({ kind: 'suite', suite_id: 's' }).first();
    expect(page.items[0]?.id).toBe('shop-unit');
    expect(list.server.seen[0]?.url).toBe('/api/v1/tests/catalogue?kind=suite&suite_id=s');
    const { client, server } = await connect(answer(TestEntrySchema));
    const { catalogue } = client.tests;
    const entry = { kind: 'suite', title: 'Unit' } as const;
    await catalogue.get('shop-unit');
    await catalogue.create({ id: 'a', ...entry });
    await catalogue.put('a', entry);
    await catalogue.delete('a', { version: 2 });
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/v1/tests/catalogue/shop-unit',
      'POST /api/v1/tests/catalogue',
      'PUT /api/v1/tests/catalogue/a',
      'DELETE /api/v1/tests/catalogue/a',
    ]);
    expect(server.seen[2]?.body).toEqual(entry);
    expect(server.seen[3]?.headers['if-match']).toBe('"2"');
  });

  it('is not changed twice by a change that may have been carried out', async () => {
    const broken = await connect((_, count) =>
      count === 1 ? 'hang up' : { status: 200, body: exampleOf(TestEntrySchema) },
    );
    const { catalogue } = broken.client.tests;
    await expect(catalogue.delete('a')).rejects.toThrow();
    expect(broken.server.seen).toHaveLength(1);
    const again = await connect((_, count) =>
      count === 1 ? 'hang up' : { status: 200, body: exampleOf(TestEntrySchema) },
    );
    await again.client.tests.catalogue.put('a', { kind: 'suite' });
    expect(again.server.seen).toHaveLength(2);
  });

  it('says in an error what was wrong', async () => {
    const { client } = await connect(() => ({
      status: 412,
      body: { title: 'Precondition failed', status: 412, detail: 'It is at version 2 by now.' },
    }));
    const put = client.tests.catalogue.put('a', { kind: 'suite' }, { version: 1 });
    await expect(put).rejects.toThrow(ApiError);
  });
});
