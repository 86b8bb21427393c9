import { createHash, randomBytes } from 'node:crypto';
import type { NewToken } from '@tenuto/engine';
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import pg from 'pg';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createTokenStore } from './tokens.ts';

const databases: { database: TestDatabase; pool: pg.Pool }[] = [];
let pool: pg.Pool;
beforeEach(async () => {
  const database = await createDatabase();
  pool = new pg.Pool({ ...database.connection, max: 10 });
  pool.on('error', () => undefined);
  databases.push({ database, pool });
});
afterAll(async () => {
  for (const made of databases) {
    await made.pool.end();
    await made.database.drop();
  }
});

function aToken(name = 'first'): NewToken {
  return {
    hash: createHash('sha256').update(randomBytes(32)).digest(),
    hint: '...',
    subject: 'admin',
    name,
    scopes: ['admin'],
    audit: { actor: 'system', action: 'token.created', subject: 'admin', details: { name } },
  };
}

describe('tokens', () => {
  it('are found by their hash, with what they may do', async () => {
    const tokens = createTokenStore(pool);
    const token = aToken();
    expect(await tokens.createFirst(token)).toBe(true);
    const [found] = await tokens.candidates(token.hash);
    expect(found).toMatchObject({ subject: 'admin', name: 'first', scopes: ['admin'] });
    expect(Buffer.from(found?.hash ?? [])).toEqual(token.hash);
    expect(await tokens.candidates(randomBytes(32))).toEqual([]);
  });

  it('of a first start is made once, however many servers start', async () => {
    const tokens = createTokenStore(pool);
    const made = await Promise.all(Array.from({ length: 10 }, () => tokens.createFirst(aToken())));
    expect(made.filter(Boolean)).toHaveLength(1);
    const { rows } = await pool.query(`select count(*)::int as n from audit`);
    expect(rows[0].n).toBe(1);
  });

  it('of a first start is made once and answered twice when the first reply was lost', async () => {
    const tokens = createTokenStore(pool);
    const token = aToken();
    expect(await tokens.createFirst(token)).toBe(true);
    expect(await tokens.createFirst(token)).toBe(true);
    expect(await tokens.createFirst(aToken())).toBe(false);
    const { rows } = await pool.query(`select count(*)::int as n from audit`);
    expect(rows[0].n).toBe(1);
  });

  it('that are preset replace the one of that name, and come back', async () => {
    const tokens = createTokenStore(pool);
    const [old, other, next] = [aToken('preset'), aToken('another'), aToken('preset')];
    await tokens.preset(old);
    await tokens.preset(other);
    await tokens.preset(next);
    const count = async (token: NewToken) => (await tokens.candidates(token.hash)).length;
    expect([await count(old), await count(other), await count(next)]).toEqual([0, 1, 1]);
    await tokens.preset(old);
    expect([await count(old), await count(next)]).toEqual([1, 0]);
    await tokens.preset(old);
    expect(await count(old)).toBe(1);
  });

  it('have ids in the order of their making', async () => {
    const { rows } = await pool.query<{ id: string }>(
      'select uuid_v7()::text as id from generate_series(1, 100)',
    );
    for (const { id } of rows) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
    const at = Number.parseInt(rows[0]?.id.replaceAll('-', '').slice(0, 12) ?? '', 16);
    expect(Math.abs(at - Date.now())).toBeLessThan(3_600_000);
  });
});
