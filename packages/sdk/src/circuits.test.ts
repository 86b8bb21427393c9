import { CircuitListSchema, CircuitSchema } from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';

const circuit = exampleOf(CircuitSchema);
const ROOT = '/api/v1/orchestration/circuits';

afterEach(closeServers);

describe('circuits', () => {
  it('are read, tripped and reset under keys of any form', async () => {
    const { client, server } = await connect(() => ({ status: 200, body: circuit }));
    const { get, trip, reset } = client.circuits;
    expect(await get('http.request:a/b')).toEqual(circuit);
    expect(await trip('k', { duration_ms: 1_000, reason: 'maintenance' })).toEqual(circuit);
    expect(await reset('k')).toEqual(circuit);
    expect(server.seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', `${ROOT}/http.request%3Aa%2Fb`, undefined],
      ['POST', `${ROOT}/k/trip`, { duration_ms: 1_000, reason: 'maintenance' }],
      ['POST', `${ROOT}/k/reset`, {}],
    ]);
  });

  it('are listed with their filters', async () => {
    const page = exampleOf(CircuitListSchema);
    const { client, server } = await connect(() => ({ status: 200, body: page }));
    await client.circuits.list({ state: 'open', key: 'http.', limit: 5 }).first();
    expect(server.seen[0]?.url).toBe(`${ROOT}?state=open&key=http.&limit=5`);
  });

  it('are asked for again when no answer comes', async () => {
    const { client, server } = await connect((_request, count) =>
      count === 1 ? 'hang up' : { status: 200, body: circuit },
    );
    expect(await client.circuits.reset('k')).toEqual(circuit);
    expect(server.seen).toHaveLength(2);
  });
});
