import { StoredRetryPolicyListSchema, StoredRetryPolicySchema } from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import type { Client } from './index.ts';

const policy = exampleOf(StoredRetryPolicySchema);
const written = { name: 'patient', policy: { max_attempts: 8 } };

afterEach(closeServers);

describe('retry policies', () => {
  const called = async (use: (client: Client) => Promise<unknown>) => {
    const { client, server } = await connect(() => ({ status: 200, body: policy }));
    expect(await use(client)).toEqual(policy);
    const { method, url, body, headers } = server.seen[0] ?? {};
    const path = url?.replace('/api/v1/orchestration/retry-policies', '');
    return [method, path, body, headers?.['if-match']];
  };

  it('are read, changed and removed', async () => {
    expect(await called(({ retryPolicies }) => retryPolicies.get('p1'))).toEqual([
      ...['GET', '/p1', undefined, undefined],
    ]);
    expect(await called(({ retryPolicies }) => retryPolicies.replace('p1', written))).toEqual([
      ...['PUT', '/p1', written, undefined],
    ]);
    const changes = { description: null };
    expect(
      await called(({ retryPolicies }) => retryPolicies.update('p1', changes, { version: 3 })),
    ).toEqual(['PATCH', '/p1', changes, '"3"']);
    expect(await called(({ retryPolicies }) => retryPolicies.remove('p1', { version: 4 }))).toEqual(
      ['DELETE', '/p1', undefined, '"4"'],
    );
  });

  it('are made once, however often the request has to be sent', async () => {
    const { client, server } = await connect((_request, count) =>
      count === 1 ? 'hang up' : { status: 201, body: policy },
    );
    expect(await client.retryPolicies.create(written)).toEqual(policy);
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
    await client.retryPolicies.create(written, { idempotencyKey: 'mine' });
    expect(server.seen[2]?.headers['idempotency-key']).toBe('mine');
  });

  it('are not changed twice when no answer comes to a change of a version', async () => {
    const { client, server } = await connect(() => 'hang up');
    const { update, remove } = client.retryPolicies;
    await expect(update('p1', { name: 'x' }, { version: 1 })).rejects.toThrow('No answer');
    await expect(remove('p1')).rejects.toThrow('No answer');
    expect(server.seen).toHaveLength(2);
  });

  it('are listed page by page, with their filters, as are their versions', async () => {
    const page = exampleOf(StoredRetryPolicyListSchema);
    const { client, server } = await connect((_request, count) => ({
      status: 200,
      body: count % 2 === 1 ? { ...page, has_more: true, next_cursor: 'c1' } : page,
    }));
    const found: unknown[] = [];
    const { list, versions } = client.retryPolicies;
    for await (const one of list({ job_type: 'import', offset: 5 })) found.push(one);
    for await (const one of versions('p1', { limit: 1 })) found.push(one);
    expect(found).toEqual([policy, policy, policy, policy]);
    const base = '/api/v1/orchestration/retry-policies';
    expect(server.seen.map(({ url }) => url.replace(base, ''))).toEqual([
      '?job_type=import&offset=5',
      '?job_type=import&cursor=c1',
      '/p1/versions?limit=1',
      '/p1/versions?limit=1&cursor=c1',
    ]);
  });

  it('of another form are not taken for policies', async () => {
    const { client } = await connect(() => ({ status: 200, body: { ...policy, version: '2' } }));
    await expect(client.retryPolicies.get('p1')).rejects.toThrow('another form');
    expect(() => client.retryPolicies.get('..')).toThrow('cannot be part of an address');
  });
});
