import { ComparisonSchema, RunSchema } from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import { isBundle, ProtocolError } from './index.ts';

afterEach(closeServers);

describe('forks', () => {
  it('are made under a key of their own', async () => {
    const run = exampleOf(RunSchema);
    const { client, server } = await connect(() => ({ status: 201, body: run }));
    expect(await client.runs.fork('r', { from_node: 'a' })).toEqual(run);
    const [{ method, url, body, headers } = {}] = server.seen;
    expect([method, url, body]).toEqual(['POST', '/api/v1/runs/r/fork', { from_node: 'a' }]);
    expect(headers?.['idempotency-key']).toMatch(/^[\w-]{36}$/);
  });

  it('are compared with others', async () => {
    const comparison = exampleOf(ComparisonSchema);
    const { client, server } = await connect(() => ({ status: 200, body: comparison }));
    expect(await client.runs.compare(['a', 'b'], { all: true })).toEqual(comparison);
    expect(server.seen[0]?.url).toBe('/api/v1/runs/compare?all=true&ids=a%2Cb');
  });
});

describe('bundles', () => {
  it('are refused where they are none', async () => {
    const { client } = await connect(() => ({ status: 200, body: { kind: 'x' } }));
    await expect(client.runs.bundle('r')).rejects.toThrow(ProtocolError);
    expect(isBundle(null)).toBe(false);
  });

  it('are asked for as pages, and come in pieces', async () => {
    const { client, server } = await connect(() => ({ status: 200, body: '<html>' }));
    const pieces = await Array.fromAsync(client.runs.bundlePage('r', { artifacts: 'inline' }));
    expect(pieces.join('')).toContain('<html>');
    expect(server.seen[0]?.url).toBe('/api/v1/runs/r/bundle?artifacts=inline');
  });
});
