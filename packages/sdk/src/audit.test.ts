import { AuditListSchema, AuditVerdictSchema } from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import { ApiError } from './errors.ts';

afterEach(closeServers);

describe('the audit', () => {
  it('is listed and verified', async () => {
    const list = await connect(() => ({ status: 200, body: exampleOf(AuditListSchema) }));
    await list.client.audit.list({ actor: 'ana', limit: 5 }).first();
    expect(list.server.seen[0]?.url).toBe('/api/v1/audit?actor=ana&limit=5');
    const verdict = exampleOf(AuditVerdictSchema);
    const { client, server } = await connect(() => ({ status: 200, body: verdict }));
    expect(await client.audit.verify('1:ab')).toEqual(verdict);
    expect(server.seen[0]?.url).toBe('/api/v1/audit/verify?known=1%3Aab');
  });

  it('is exported as it comes', async () => {
    const { client, server } = await connect(() => ({ status: 200, body: { row: 1 } }));
    const pieces: string[] = [];
    for await (const piece of client.audit.export({ format: 'ndjson' })) pieces.push(piece);
    expect(JSON.parse(pieces.join(''))).toEqual({ row: 1 });
    expect(server.seen[0]?.url).toBe('/api/v1/audit/export?format=ndjson');
  });

  it('is not exported to who may not', async () => {
    const { client } = await connect(() => ({ status: 403, body: {} }));
    const first = client.audit.export()[Symbol.asyncIterator]().next();
    await expect(first).rejects.toThrow(ApiError);
  });
});
